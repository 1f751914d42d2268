import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ImportSummary } from "../../src/app/batch/calls.ts";
import type { Results } from "../../src/core/run-record.ts";
import { createSimModel } from "../../src/providers/sim/model.ts";
import { type Body, refusal } from "../contracts/answering-server.ts";
import { faultServer } from "../contracts/fault-server.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runBatch } from "../support/batch-runner.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const CONFIG = {
  pool: "k2",
  users: { train: 12, validation: 4, test: 8 },
  conversations: { perUser: 3 },
  worlds: 2,
  methods: ["none", { id: "routing", features: "both" }, "routing-oracle", "rag-exemplar", "rag-summary"],
  statistics: { resamples: 20, permutations: 20 },
};

/** What a server says instead of an answer. */
type Says = (body: Body) => { status?: number; json: unknown } | undefined;

/** A server behind which a simulated model answers, but for what it says otherwise. */
async function serving(says: Says = () => undefined) {
  const behind = await faultServer({ model: createSimModel() });
  const asked: Body[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    const body = JSON.parse(text) as Body;
    asked.push(body);
    const own = says(body);
    if (own !== undefined) {
      response.writeHead(own.status ?? 200, { "content-type": "application/json" });
      response.end(JSON.stringify(own.json));
      return;
    }
    const { temperature: _, max_completion_tokens: most, ...plain } = body;
    const sent = most === undefined ? plain : { ...plain, max_tokens: most };
    const answer = await fetch(`${behind.baseUrl}${request.url?.replace("/v1", "")}`, {
      method: "POST",
      body: JSON.stringify(sent),
    });
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(await answer.text());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    await new Promise((done) => server.close(done));
    await behind.close();
  };
  onTestFinished(close);
  return { asked, root };
}

function configured(name: string, root: string, settings: object = {}, model: object = {}): string {
  const base = {
    ...{ provider: "openai", model: "sim", baseUrl: `${root}/v1`, seed: 0, maxTokens: 2000 },
    price: { input: 10, output: 30, batch: 0.5 },
    ...model,
  };
  const embedder = { provider: "openai", model: "e", baseUrl: `${root}/v1` };
  writeFileSync(join(folder, name), JSON.stringify({ ...CONFIG, models: { base, embedder }, ...settings }));
  return name;
}

async function cli<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await runCli([...args, "--json"], folder);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}
interface Exported {
  readonly files: readonly { file: string; requests: number; role: string }[];
  readonly reached: string;
}
const lines = (dir: string, name: string): string => readFileSync(join(folder, dir, name), "utf8");

/** Exports, has the files answered, imports, until nothing is missing. */
async function byFiles(
  config: string,
  root: string,
  out: string,
  answer: (file: string, to: string, round: number) => Promise<unknown>,
): Promise<ImportSummary[]> {
  const rounds: ImportSummary[] = [];
  for (let target = config; ; target = out) {
    const flags = target === config ? ["--out", out] : [];
    const { files, reached } = await cli<Exported>("calls", "export", target, ...flags);
    if (reached === "all") return rounds;
    expect(rounds.length, root).toBeLessThan(32);
    const answers: string[] = [];
    for (const { file } of files) {
      const to = `${file}.answers`;
      await answer(join(folder, file), join(folder, to), rounds.length);
      answers.push(to);
    }
    rounds.push(await cli<ImportSummary>("calls", "import", out, ...answers));
  }
}

function expectSame(live: string, files: string): void {
  for (const name of ["samples.jsonl", "users.jsonl"]) expect(lines(files, name)).toBe(lines(live, name));
}
const paid = ({ usage }: Results): number => usage.reduce((n, row) => n + row.calls, 0);

describe("a run by batch files alone", () => {
  it("equals one by a server: embeddings, a weighted judge, lost and repeated answers", async () => {
    const { asked, root } = await serving(({ top_logprobs: most }) =>
      Number(most) > 5 ? refusal("top_logprobs must be less than or equal to 5") : undefined,
    );
    const config = configured("a.json", root, { judge: { weighted: true } });
    await cli("run", config, "--out", "live");
    const faults = [undefined, "expired", undefined, "500", "cut"] as const;
    const rounds = await byFiles(config, root, "files", (file, to, round) =>
      runBatch(root, file, to, {
        form: "openai",
        zipped: round % 2 === 0,
        fails: (_, i) => (round < 2 ? faults[i % 9] : undefined),
      }),
    );
    asked.length = 0;
    expect(paid(await cli<Results>("run", config, "--out", "files"))).toBe(0);
    expect(asked).toEqual([]);
    expectSame("live", "files");
    const all = (pick: (round: ImportSummary) => number): number =>
      rounds.reduce((n, round) => n + pick(round), 0);
    expect(all((r) => r.left.batch_expired ?? 0)).toBeGreaterThan(0);
    expect(all((r) => r.left["HTTP 500"] ?? 0)).toBeGreaterThan(0);
    expect(all((r) => r.refused["no complete JSON"]?.count ?? 0)).toBeGreaterThan(0);
    // Half the price, but for what roles that ask the same at the same time pay twice on a server.
    const { usage } = JSON.parse(lines("live", "results.json")) as Results;
    const half = usage.reduce((n, row) => n + (row.costUsd ?? 0), 0) / 2;
    expect(all((r) => r.spent.usd)).toBeGreaterThan(0.97 * half);
    expect(all((r) => r.spent.usd)).toBeLessThan(1.03 * half);
  });

  it("equals one by a server that refuses fields, forms and some texts", async () => {
    const quirks: Says = (body) => {
      const messages = body.messages as { content: string }[] | undefined;
      if (messages === undefined) return undefined;
      if ("max_tokens" in body)
        return refusal("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.");
      for (const field of ["grammar", "structured_outputs", "guided_choice", "response_format", "format"])
        if (field in body) return refusal(`Unrecognized request argument supplied: ${field}`);
      const content = messages.at(-1)?.content as string;
      if (content.length % 101 === 0) return refusal("maximum context length is 100 tokens");
      if (content.length % 53 === 0) return { json: { choices: [] } };
      return undefined;
    };
    const { asked, root } = await serving(quirks);
    const config = configured("b.json", root, { judge: { constrain: "auto" } }, { reasoning: "low" });
    await cli("run", config, "--out", "live-b");
    const rounds = await byFiles(config, root, "files-b", (file, to) =>
      runBatch(root, file, to, { form: "vllm" }),
    );
    expect(rounds.some((round) => round.refusedRequests > 0)).toBe(true);
    asked.length = 0;
    expect(paid(await cli<Results>("run", config, "--out", "files-b"))).toBe(0);
    expect(asked).toEqual([]);
    expectSame("live-b", "files-b");
  });

  it("takes what it asked for alone, once, and says what it did with the rest", async () => {
    const { root } = await serving();
    const config = configured("c.json", root);
    const of = ["--out", "c", "--role", "rewriter", "--limit", "6"];
    const first = await cli<Exported>("calls", "export", config, ...of);
    expect(first.files).toMatchObject([
      { role: "rewriter", requests: 6, file: "c/batch/round-1/rewriter-0001.jsonl" },
    ]);
    const file = join(folder, "c/batch/round-1/rewriter-0001.jsonl");
    await runBatch(root, file, join(folder, "c/answers.jsonl"), { form: "openai" });
    const own = readFileSync(join(folder, "c/answers.jsonl"), "utf8").split("\n");
    const other = (key: unknown): string =>
      JSON.stringify({ ...JSON.parse(own[0] as string), custom_id: key });
    const odd = [own[0], other("../../etc"), other(7), other("0".repeat(32)), "[]", "", '{"custom_id":"'];
    writeFileSync(join(folder, "c/odd.jsonl"), [...own, ...odd].join("\n"));
    expect(await cli("calls", "import", "c/odd.jsonl", "c/odd.jsonl")).toMatchObject({
      stored: 6,
      unasked: 1,
      repeated: 9,
      refused: {
        "a custom_id that is not ours": { count: 4, first: expect.stringContaining("odd.jsonl, line 8") },
        "no JSON object": { count: 2 },
        "no complete JSON": { count: 2 },
      },
    });
    expect(await cli("calls", "import", "c", "c/answers.jsonl")).toMatchObject({ stored: 0, there: 6 });
    const second = await cli<Exported>("calls", "export", "c", "--role", "rewriter");
    expect(second.files[0]?.requests).toBe(24 * 3 - 6);
    expect(readdirSync(join(folder, "c/batch"))).toEqual(["round-1", "round-2"]);
    const keysIn = (name: string): readonly (string | undefined)[] =>
      readFileSync(name, "utf8")
        .matchAll(/"custom_id":"([0-9a-f]{32})"/g)
        .toArray()
        .map(([, key]) => key);
    const again = keysIn(join(folder, "c/batch/round-2/rewriter-0001.jsonl"));
    expect(keysIn(file).some((key) => again.includes(key))).toBe(false);
  });

  it("refuses what cannot be", async () => {
    const cases: [args: string[], words: string][] = [
      [["calls", "import", "nowhere.jsonl"], "which run the answers are for"],
      [["calls", "import", "c"], "no file is named"],
      [["calls", "import", "c", "none.jsonl"], "cannot be read"],
      [["calls", "export", "c", "--role", "poet"], "choose from"],
      [["calls", "export", "c", "--format", "other"], "openai-batch"],
    ];
    for (const [args, words] of cases) {
      const { code, stderr } = await runCli(args, folder);
      expect(code, stderr).toBe(2);
      expect(stderr).toContain(words);
    }
  });
});
