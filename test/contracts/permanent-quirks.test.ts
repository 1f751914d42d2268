import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { prompts } from "../../src/core/prompt/prompts.ts";
import { renderPart } from "../../src/core/prompt/template.ts";
import type { Results } from "../../src/core/run-record.ts";
import { createSimModel } from "../../src/providers/sim/model.ts";
import { runCli } from "../support/run-cli.ts";
import { type Fault, faultServer } from "./fault-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
const TRIAL = renderPart(prompts.judge, "word", {});
type Body = { readonly messages?: readonly { readonly content: string }[]; readonly top_logprobs?: unknown };

/** A server that fails as told, and a run on it that can be repeated. */
async function serving(out: string, fault: (body: Body) => Fault | undefined, judge: object = {}) {
  const server = await faultServer({ model: createSimModel(), fault: (_n, _log, body) => fault(body) });
  onTestFinished(() => server.close());
  writeFileSync(
    join(folder, `${out}.json`),
    JSON.stringify({
      pool: "k2",
      users: { train: 6, validation: 2, test: 6 },
      conversations: { perUser: 2 },
      historyLength: 1,
      worlds: 1,
      methods: ["none", "routing"],
      statistics: { resamples: 50 },
      judge,
      concurrency: 8,
      models: { base: { provider: "openai", model: "sim", baseUrl: server.baseUrl, seed: 0 } },
    }),
  );
  const run = () => runCli(["run", `${out}.json`, "--out", out], folder);
  const results = (): Results => JSON.parse(readFileSync(join(folder, out, "results.json"), "utf8"));
  return { server, run, results };
}

/** The first text that answers a user directly, not what finds out how a judge is held: the same at every ask. */
function oneText(): (body: Body) => boolean {
  let chosen: string | undefined;
  return ({ messages = [] }) => {
    const [only] = messages;
    if (messages.length !== 1 || only === undefined || only.content === TRIAL) return false;
    chosen ??= only.content;
    return only.content === chosen;
  };
}

it("an account without credits (402) ends the run, which goes on when there are some", async () => {
  let credits = 20;
  const { server, run } = await serving("credits", () => (credits-- > 0 ? undefined : "choice-402"));
  const { code, stderr } = await run();
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/HTTP 402: Insufficient credits/),
  });
  expect(stderr).toMatch(/top up the account/);
  const paid = server.log.filter((entry) => entry.answeredAt !== undefined).length;
  expect(paid).toBe(20);
  credits = Number.POSITIVE_INFINITY;
  expect((await run()).code).toBe(0);
  const ids = server.log.filter((entry) => entry.answeredAt !== undefined).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

it.each(["choice-403", "filter"] as const)(
  "a text that is declined (%s) is one missing answer",
  async (fault) => {
    const isIt = oneText();
    const { server, run, results } = await serving(fault, (body) => (isIt(body) ? fault : undefined));
    const { code, stderr } = await run();
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/count(s)? as missing/);
    expect(results().methods[0]?.summary.missing).toBe(1);
    const asks = () => server.log.filter((entry) => entry.fault === fault).length;
    const before = asks();
    expect(before).toBeLessThanOrEqual(2);
    expect((await run()).code).toBe(0);
    // What was withheld is an answer and stored; what was refused may be asked once more, not endlessly.
    expect(asks() - before).toBeLessThanOrEqual(fault === "filter" ? 0 : 2);
  },
);

it("a weighted judge without log-probabilities ends the run; it goes on once the server sends them", async () => {
  let sends = false;
  const { run } = await serving(
    "logprobs",
    ({ top_logprobs }) => (top_logprobs !== undefined && !sends ? "no-logprobs" : undefined),
    { weighted: true },
  );
  const { code, stderr } = await run();
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/log-probabilities/) });
  sends = true;
  const after = await run();
  expect(after.code, after.stderr).toBe(0);
});
