import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ChatMessage } from "../../src/core/ports/language-model.ts";
import { prompts } from "../../src/core/prompt/prompts.ts";
import { matchPrompt } from "../../src/core/prompt/template.ts";
import type { Results } from "../../src/core/run-record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
/** How often the server was asked for a score, and for anything else. */
const asked = { scores: 0, texts: 0 };
let server: Server;
let baseUrl = "";

/** Never the same twice, as a real model at temperature 1: what is asked again comes out otherwise. */
function answerTo(messages: readonly ChatMessage[]): string {
  const draw = asked.scores + asked.texts;
  const digest = createHash("sha256")
    .update(`${draw} ${JSON.stringify(messages)}`)
    .digest();
  if (matchPrompt(prompts.judge, messages) !== null) {
    asked.scores++;
    return String(1 + (digest[0]! % 10));
  }
  asked.texts++;
  return `Some thoughts of mine, number ${digest.toString("hex").slice(0, 12)}.`;
}

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    if (request.method !== "POST") {
      response.writeHead(404).end();
      return;
    }
    const content = answerTo(JSON.parse(body).messages);
    const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }];
    const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ id: "1", object: "chat.completion", model: "m", choices, usage }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const config = {
    pool: "k2",
    users: { train: 12, validation: 4, test: 6 },
    worlds: 2,
    models: { base: { provider: "openai", model: "m", baseUrl } },
    methods: ["none", "routing", "routing-oracle"],
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  expect((await runCli(["run", "config.json", "--out", "run"], folder)).code).toBe(0);
  expect((await runCli(["data", "freeze", "run", "--out", "set"], folder)).code).toBe(0);
});
afterAll(() => server.close());

it("of real models a set tells no address; a run on it pays for its own answers and scores, and for nothing else", async () => {
  expect(readFileSync(join(folder, "set", "manifest.json"), "utf8")).not.toContain("127.0.0.1");
  const models = JSON.stringify({ base: { baseUrl }, judge: { baseUrl } });
  const before = asked.scores + asked.texts;
  const more = ["--set", `models=${models}`, "--methods", "none,routing,routing-oracle,in-context"];
  expect((await runCli(["run", "--bundle", "set", "--out", "more", ...more], folder)).code).toBe(0);
  const { usage }: Results = JSON.parse(readFileSync(join(folder, "more", "results.json"), "utf8"));
  const of = (role: string) => usage.find((row) => row.role === role)!;
  // One answer of in-context to each test user, and a score for each of its targets.
  expect([of("base").calls, of("candidate").calls, of("rewriter").calls]).toEqual([6, 0, 0]);
  expect(of("judge").calls - of("judge").repeats).toBeLessThanOrEqual(12);
  expect(asked.scores + asked.texts - before).toBe(6 + of("judge").calls);
});

it("routing and its oracle run on a set with no server at all, with the same bytes", async () => {
  server.close();
  server.closeAllConnections();
  const { code, stderr } = await runCli(["run", "--bundle", "set", "--out", "alone"], folder);
  expect([code, stderr.includes("error:")]).toEqual([0, false]);
  const [alone, run] = ["alone", "run"].map((dir) =>
    readFileSync(join(folder, dir, "samples.jsonl"), "utf8"),
  );
  expect(alone === run).toBe(true);
});
