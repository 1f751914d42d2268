import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TrainerRequest } from "../../src/core/ports/trainer.ts";
import type { Results, Sample } from "../../src/core/run-record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";
import { standInTrainers } from "../support/stand-in-trainer.ts";
import { standInWork } from "../support/stand-in-work.ts";

const folder = temporaryFolder();
const standIn = standInTrainers();

let runs = 0;
/** A small run with soft prompts that a trainer makes. */
function prompted(place: string, more: Record<string, unknown> = {}, settings: Record<string, unknown> = {}) {
  const name = `run-${runs++}`;
  const config = {
    pool: "k2",
    users: { train: 12, validation: 4, test: 6 },
    worlds: 2,
    methods: ["none", { id: "prompt-optimization", trainer: place, model: "owner/llm", ...more }],
    out: name,
    ...settings,
  };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(config));
  const file = (path: string): string => join(folder, name, path);
  return {
    run: (...args: string[]) => runCli(["run", `${name}.json`, "--json", ...args], folder),
    samples: (): Sample[] =>
      readFileSync(file("samples.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    file,
  };
}
const answersIn = (samples: readonly Sample[]): (string | null)[] =>
  samples.filter(({ method }) => method === "prompt optimization").map(({ answer }) => answer);

describe("prompt optimization by a trainer", () => {
  it("posts pairs, keeps the adapter's files, and is answered in batches; a second run asks nobody", async () => {
    const server = await standIn();
    const { run, samples, file } = prompted(server.url, { loss: "simpo", optimizer: "paper", microBatch: 4 });
    const first = await run();
    expect(first.stderr).toContain("prompt optimization: training · 813 tokens/s");
    expect(first.code).toBe(0);
    const results = JSON.parse(first.stdout) as Results;
    const answers = answersIn(samples());
    expect(answers).toHaveLength(12);
    for (const answer of answers) expect(answer).toMatch(/^(warm|cold) \d+ /);
    expect(results.usage.find(({ model }) => model === "trainer:owner/llm")).toMatchObject({
      calls: 12,
      failures: 0,
    });
    // Six users at a concurrency of more: one call a world.
    expect(server.log.filter((line) => line.endsWith("/answers")).length).toBeLessThan(6);

    const requests = [...server.jobs.values()].map(({ request }) => request as TrainerRequest);
    expect(requests).toHaveLength(2);
    const [{ model, data, settings }] = requests as [TrainerRequest];
    expect(model).toEqual({ name: "owner/llm" });
    expect(Object.keys(data).sort()).toEqual(["embedder", "train", "validation"]);
    for (const pair of data.train as object[])
      expect(Object.keys(pair).sort()).toEqual(["chosen", "embedded", "id", "prompt", "rejected"]);
    expect(settings).toMatchObject({
      loss: "simpo",
      ...{ optimizer: "paper", schedule: "constant", warmup: 0, weightDecay: 0.01, keep: "last" },
      ...{ rank: 16, alpha: 32, targets: ["q", "k", "v", "o"], microBatch: 4, precision: "auto" },
    });
    const [seed] = results.worlds.map((world) => world.seed);
    for (const name of ["adapter_config.json", "projector.safetensors"])
      expect(existsSync(file(`adapters/prompt-optimization/world-${seed}/${name}`))).toBe(true);

    await server.kill();
    const again = await run();
    expect(again.code).toBe(0);
    expect(answersIn(samples())).toEqual(answers);
    await server.restart();
  });

  it("is answered by the stored adapter where the trainer has forgotten the job", async () => {
    const server = await standIn();
    const { run, samples } = prompted(server.url, {}, { worlds: 1 });
    expect((await run()).code).toBe(0);
    const answers = answersIn(samples());
    const other = await standIn();
    writeFileSync(
      join(folder, `run-${runs - 1}.json`),
      readFileSync(join(folder, `run-${runs - 1}.json`), "utf8").replaceAll(server.url, other.url),
    );
    const more = await run("--set", "users.test=8", "--replace");
    expect(more.stderr).not.toContain("error:");
    const [job] = [...other.jobs.values()];
    expect(job?.request?.settings).toMatchObject({ epochs: 0, initial: true });
    expect([...(job?.initial.keys() ?? [])].sort()).toContain("projector.json");
    expect(answersIn(samples()).slice(0, 6)).toEqual(answers);
  });

  it("sends questions along with jobs that are laid into a folder", async () => {
    const { run, samples } = prompted("folder:soft-jobs");
    expect((await run()).code).toBe(3);
    const jobs = join(folder, "soft-jobs");
    expect(readdirSync(jobs)).toHaveLength(2);
    for (const key of readdirSync(jobs)) {
      const request = JSON.parse(readFileSync(join(jobs, key, "request.json"), "utf8")) as TrainerRequest;
      expect((request.data.answers as { requests: object[] }).requests).toHaveLength(6);
      const { result, files } = standInWork(request);
      mkdirSync(join(jobs, key, "artifact"));
      for (const [name, bytes] of files) writeFileSync(join(jobs, key, "artifact", name), bytes);
      writeFileSync(join(jobs, key, "result.json"), JSON.stringify(result));
    }
    expect((await run()).code).toBe(0);
    for (const answer of answersIn(samples())) expect(answer).toMatch(/^(warm|cold) \d+ /);
  });

  it("finds the base LLM where the run has it, and samples as it does", async () => {
    const server = await standIn();
    const base = { provider: "local", model: "tiny", temperature: 0.5, maxTokens: 5 };
    const { run } = prompted(
      server.url,
      { model: undefined, answers: "greedy" },
      {
        worlds: 1,
        users: { train: 4, validation: 1, test: 2 },
        models: { base, candidate: "sim:default", rewriter: "sim:default", judge: "sim:default" },
      },
    );
    const { code, stdout, stderr } = await run();
    expect(stderr).not.toContain("error:");
    expect(code).toBe(0);
    const [job] = [...server.jobs.values()];
    expect(job?.request?.model).toMatchObject({
      path: expect.stringMatching(/models\/tiny$/),
      fingerprint: expect.any(String),
    });
    expect((JSON.parse(stdout) as Results).usage.some(({ model }) => /^trainer:.*tiny$/.test(model))).toBe(
      true,
    );
  });

  it("says what is missing before anything is paid", async () => {
    const wrong = async (method: object): Promise<string> => {
      const config = { methods: [{ id: "prompt-optimization", ...method }] };
      writeFileSync(join(folder, "wrong.json"), JSON.stringify(config));
      const { code, stderr } = await runCli(["run", "wrong.json"], folder);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await wrong({ trainer: "http://localhost:1" })).toContain("name a trainer and its model");
    expect(await wrong({ microBatch: 2 })).toContain("microBatch is for a trainer, and none is named");
  });
});
