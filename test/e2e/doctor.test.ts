import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Body {
  readonly model?: string;
  readonly messages?: readonly { readonly role: string; readonly content: string }[];
  readonly prompt?: string;
}
/** What a server says, or a status with which it refuses. */
type Reply = { readonly json: unknown } | { readonly status: number; readonly json: unknown };

async function serving(
  answer: (body: Body, url: string) => Reply,
): Promise<{ url: string; asked: Body[]; close(): void }> {
  const asked: Body[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Body;
    asked.push(body);
    const reply = answer(body, request.url ?? "");
    response.writeHead("status" in reply ? reply.status : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(reply.json));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, asked, close: () => void server.close() };
}

const completion = (content: string, finish = "stop") => ({
  json: {
    choices: [{ index: 0, finish_reason: finish, message: { role: "assistant", content } }],
    usage: { prompt_tokens: 20, completion_tokens: 5 },
  },
});
const refusing = (message: string) => ({ status: 400, json: { error: { message } } });
const modelAt = (url: string, model: string): string =>
  JSON.stringify({ provider: "openai", model, baseUrl: `${url}/v1` });

interface Check {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
}
async function doctor(
  ...args: string[]
): Promise<{ code: number | null; check(what: string): Check; all: Check[] }> {
  const { code, stdout } = await runCli(["doctor", "--json", ...args], folder);
  const all = (JSON.parse(stdout) as { checks: Check[] }).checks;
  const check = (what: string): Check => all.find((c) => c.what.startsWith(what)) as Check;
  return { code, check, all };
}

describe("doctor", () => {
  it("asks each role what the run asks it, with its own settings", async () => {
    const { url, asked } = await serving(({ model }) =>
      completion(
        model === "judge" ? "I like it a lot." : "A text that ends.",
        model === "rewriter" ? "length" : "stop",
      ),
    );
    const { code, check } = await doctor(
      ...["--set", `models.base=${modelAt(url, "base")}`],
      ...["--set", `models.rewriter=${modelAt(url, "rewriter")}`],
      ...["--set", `models.judge=${modelAt(url, "judge")}`],
      ...["--set", "models.base.maxTokens=77", "--set", "judge.retries=2"],
    );
    expect(code).toBe(1);
    expect(check("base openai:base")).toMatchObject({
      ok: true,
      found: expect.stringContaining("A text that ends."),
    });
    expect(check("rewriter openai:rewriter")).toMatchObject({
      ok: false,
      found: expect.stringContaining("was cut at the token limit"),
    });
    expect(check("judge openai:judge")).toMatchObject({
      ok: false,
      found: "the answer holds no score that could be read: I like it a lot.",
    });
    const base = asked.filter(({ model }) => model === "base");
    expect(base.map(({ messages }) => messages?.map(({ role }) => role))).toEqual([
      ["user"],
      ["system", "user"],
    ]);
    expect(base.every((body) => JSON.stringify(body).includes("77"))).toBe(true);
    const words = ({ messages = [] }: Body): boolean => /\bword\b/.test(messages.at(-1)?.content ?? "");
    expect(asked.filter((body) => body.model === "judge" && !words(body))).toHaveLength(2);
  });

  it("finds a rewriter that often does not end, though its first rewrite does", async () => {
    const rewriterThat = async (isCut: (n: number) => boolean) => {
      let n = 0;
      const { url } = await serving(({ model }) =>
        completion("A text.", model === "rewriter" && isCut(n++) ? "length" : "stop"),
      );
      const { check } = await doctor(
        ...["--set", `models.base=${modelAt(url, "base")}`],
        ...["--set", `models.rewriter=${modelAt(url, "rewriter")}`],
      );
      return check("rewriter openai:rewriter");
    };
    const third = await rewriterThat((n) => n % 3 === 1);
    expect(third.ok).toBe(false);
    expect(third.found).toMatch(
      /^4 of 6 rewrites can be used, and each user needs 3, .* was cut at the token limit/,
    );
    expect(await rewriterThat((n) => n === 5)).toMatchObject({
      ok: true,
      found: "5 of 6 rewrites can be used, so some users will be replaced (A text.)",
    });
  });

  it("asks a server as it wants to be asked, and says what was learnt", async () => {
    const { url } = await serving((body) => {
      if ("max_tokens" in body) return refusing("Unsupported parameter: 'max_tokens'");
      if (body.messages?.[0]?.role === "system") return refusing("System role not supported");
      return completion("A text that ends.");
    });
    const { check, all } = await doctor(
      ...["--set", `models.base=${modelAt(url, "m")}`, "--set", "models.base.maxTokens=77"],
      ...["--set", "models.base.reasoning=false", "--set", "models.judge=sim:default"],
    );
    expect(check("base")).toMatchObject({ ok: true });
    const learnt = all.filter(({ what }) => what === "learnt").map(({ found }) => found);
    for (const words of ["max_completion_tokens", "head of the first user message", "turned off by"]) {
      expect(learnt).toContainEqual(expect.stringContaining(words));
    }
  });

  it("says how the judge is held to the scale, and what its numbers weigh", async () => {
    const top = [
      { token: "The", logprob: Math.log(0.3) },
      { token: "7", logprob: Math.log(0.6) },
    ];
    const logprobs = { content: [{ token: "7", logprob: Math.log(0.6), top_logprobs: top }] };
    const { url } = await serving((body) => {
      if ("grammar" in body || "structured_outputs" in body) return refusing("Unknown parameter: 'grammar'");
      const reply = completion("guided_choice" in body ? "7" : "A text that ends.").json;
      return { json: { ...reply, choices: reply.choices.map((choice) => ({ ...choice, logprobs })) } };
    });
    const { check } = await doctor(
      ...["--set", `models.judge=${modelAt(url, "judge")}`, "--set", "judge.weighted=true"],
    );
    expect(check("judge")).toMatchObject({
      ok: true,
      found:
        "its weighted score is read (7); it is held to the scale's numbers by guided_choice; its numbers have 60% of the probability",
    });
  });

  it("says once that a server is away, and for whom", async () => {
    const gone = await serving(() => completion("x"));
    gone.close();
    const { code, all } = await doctor("--set", `models.base=${modelAt(gone.url, "m")}`);
    expect(code).toBe(1);
    const away = all.filter(({ ok }) => !ok);
    expect(away).toHaveLength(1);
    expect(away[0]).toMatchObject({
      what: `rewriter openai:m, base openai:m, judge openai:m (${gone.url})`,
      found: `nobody answers: connection refused (${gone.url})`,
    });
  });

  it("asks an external system for an answer, and understands one that must be fitted first", async () => {
    const { url, asked } = await serving((_, path) =>
      path === "/good"
        ? { json: { response: "Dear you" } }
        : path === "/odd"
          ? { json: { answer: 7 } }
          : { status: 409, json: { error: "fit me first" } },
    );
    const methods = [
      "none",
      { id: "external", name: "good", url: `${url}/good` },
      { id: "external", name: "odd", url: `${url}/odd` },
      { id: "external", name: "fitted", url: `${url}/later`, fit: true },
    ];
    const { check } = await doctor("--set", `methods=${JSON.stringify(methods)}`);
    expect(check("good")).toMatchObject({ ok: true, found: "answers (Dear you)" });
    expect(check("odd")).toMatchObject({ ok: false, found: expect.stringContaining("another form") });
    expect(check("fitted")).toMatchObject({ ok: true, found: "is there (HTTP 409 before it is fitted)" });
    expect(asked.every(({ prompt }) => typeof prompt === "string" && prompt !== "")).toBe(true);
  });
});

describe("a run", () => {
  const small = [
    ...["--set", 'users={"train":4,"validation":2,"test":4}', "--set", "conversations.perUser=4"],
    ...["--worlds", "1", "--set", "pool=k2"],
  ];
  it("ends before anything is made when an external system is not there; with everything stored none is looked for", async () => {
    const { url, close } = await serving(() => ({ json: { response: "Dear you" } }));
    const methods = `methods=${JSON.stringify(["none", { id: "external", url }])}`;
    const good = await runCli(["run", ...small, "--set", methods, "--out", "stored"], folder);
    expect(good.code, good.stderr).toBe(0);
    close();
    const again = await runCli(["run", ...small, "--set", methods, "--out", "stored"], folder);
    expect(again.code, again.stderr).toBe(0);
    const fresh = await runCli(["run", ...small, "--set", methods, "--out", "fresh"], folder);
    expect(fresh.code).toBe(1);
    expect(fresh.stderr).toMatch(/external is not there: connection refused[\s\S]*methods\[1\]/);
    expect(fresh.stderr).toMatch(/0 calls/);
  });
});
