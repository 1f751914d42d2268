import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Results } from "../../src/core/run-record.ts";
import type { Body } from "../contracts/answering-server.ts";
import { type Holding, holdingAnswer } from "../contracts/holding-server.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();

/** A judge's server over HTTP. Held, it writes 7, of which its model was little or very sure. */
async function judgeServer(kind: Holding, share = 0.8) {
  const asked: Body[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    const body = JSON.parse(text) as Body;
    asked.push(body);
    const { status = 200, json } = holdingAnswer(kind, body) as { status?: number; json: Answer };
    const [choice] = json.choices ?? [];
    if (choice !== undefined && body.logprobs === true)
      choice.logprobs = { content: [tokenOf(choice, share)] };
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(json));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const judge = {
    provider: "openai",
    model: "judge",
    baseUrl: `http://127.0.0.1:${port}/v1`,
    temperature: 0,
  };
  return { asked, judge };
}

interface Choice {
  readonly message: { readonly content: string };
  logprobs?: unknown;
}
interface Answer {
  readonly choices?: Choice[];
}

const tokenOf = ({ message: { content } }: Choice, share: number) => ({
  token: content,
  logprob: Math.log(share / 2),
  top_logprobs: [
    { token: "The", logprob: Math.log(1 - share) },
    { token: "7", logprob: Math.log(share / 2) },
    { token: "9", logprob: Math.log(share / 2) },
  ],
});

function run(out: string, judge: object, ...set: string[]) {
  const small = [
    "pool=k2",
    "users.train=4",
    "users.validation=2",
    "users.test=4",
    "worlds=1",
    `models.judge=${JSON.stringify(judge)}`,
  ];
  return runCli(
    [
      "run",
      "--out",
      out,
      "--methods",
      "none,routing-oracle",
      ...[...small, ...set].flatMap((s) => ["--set", s]),
    ],
    folder,
  );
}
const resultsOf = (out: string): Results =>
  JSON.parse(readFileSync(join(folder, out, "results.json"), "utf8"));

it.each<[Holding, string]>([
  ["llama.cpp", "grammar"],
  ["vLLM", "structured_outputs"],
  ["OpenAI", "response_format"],
])("a run holds a judge that talks to the scale (%s), says so, and goes on so", async (kind, form) => {
  const { asked, judge } = await judgeServer(kind);
  const { code, stderr } = await run(form, judge);
  expect(code, stderr).toBe(0);
  expect(stderr).toContain(`held to the scale's numbers by ${form}`);
  const { models, config, ratings, usage } = resultsOf(form);
  expect(models.judge.constraint).toBe(form);
  expect(models.base.constraint).toBeUndefined();
  expect(config.judge.constrain).toBe("auto");
  expect(ratings).toMatchObject({ missing: 0 });
  const counted = usage.find(({ role }) => role === "judge")!;
  expect(counted.calls + counted.failures).toBe(asked.length);
  const before = asked.length;
  expect((await run(form, judge)).code).toBe(0);
  expect(asked.length).toBe(before);
  expect(resultsOf(form).models).toEqual(models);
});

it("one that cannot be held ends the run as before, with what it says; so does one that is not to be", async () => {
  const deaf = await judgeServer("deaf");
  const { code, stderr } = await run("deaf", deaf.judge);
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/no known way/) });
  expect(stderr).toContain("This is a great example");
  const off = await judgeServer("llama.cpp");
  expect((await run("off", off.judge, "judge.constrain=off")).code).toBe(1);
  expect(off.asked.some((body) => "grammar" in body)).toBe(false);
});

it.each([
  { share: 0.8, plain: false },
  { share: 0.2, plain: true },
])(
  "weighted scores are counted, and taken as written where numbers had little of the probability: $share",
  async ({ share, plain }) => {
    const out = `weighted-${share}`;
    const { judge } = await judgeServer("llama.cpp", share);
    const { code, stdout, stderr } = await run(out, judge, "judge.weighted=true");
    expect(code, stderr).toBe(0);
    const { weighing, baseline } = resultsOf(out);
    expect(weighing!.scores).toBeGreaterThan(16);
    expect(weighing).toMatchObject({
      plain: plain ? weighing!.scores : 0,
      meanMass: expect.closeTo(share, 6),
    });
    expect(stdout).toContain(`gave its numbers ${100 * share}% of the probability`);
    // Every score is the same, so rewards are it or its opposite.
    const written = plain ? 7 : 8;
    const possible = [0, 1, 2, 3, 4].map((n) => (n * written + (4 - n) * (11 - written)) / 4);
    expect(possible.some((value) => Math.abs(value - baseline.meanReward!) < 1e-9)).toBe(true);
    expect(readFileSync(join(folder, out, "report.html"), "utf8")).toContain(
      "probability-weighted, held to it by grammar",
    );
  },
);
