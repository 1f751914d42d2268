import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Results } from "../../src/core/run-record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { type CliEnvironment, runCli, startCli } from "../support/run-cli.ts";
import { standInTrainers } from "../support/stand-in-trainer.ts";
import { standInWork } from "../support/stand-in-work.ts";

const folder = temporaryFolder();
const standIn = standInTrainers();

let runs = 0;
/** A small run with a fine-tuned router beside the linear one; a function that gives its command again and again. */
function routed(place: string, env: CliEnvironment = {}, more: Record<string, unknown> = {}) {
  const name = `run-${runs++}`;
  const config = {
    pool: "k2",
    users: { train: 16, validation: 6, test: 8 },
    worlds: 2,
    methods: ["none", "routing", { id: "routing", name: "encoder", classifier: { trainer: place, ...more } }],
    out: name,
  };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(config));
  return {
    args: (command: string): string[] => [command, `${name}.json`, "--json"],
    run: () => runCli(["run", `${name}.json`, "--json"], folder, env),
    report: (): string => readFileSync(join(folder, name, "report.html"), "utf8"),
  };
}
const classifiersOf = (results: Results, name: string) =>
  results.methods.find((m) => m.name === name)!.classifiers!;

describe("routing by an encoder that a trainer fine-tunes", () => {
  it("stands beside the linear router, with its accuracies, loss curve and labels, and is not trained again", async () => {
    const server = await standIn();
    const { run, report } = routed(server.url, {}, { model: "owner/encoder", epochs: 2 });
    const first = await run();
    expect(first.stderr).toContain("encoder router: training · 813 tokens/s");
    expect(first.code).toBe(0);
    const results = JSON.parse(first.stdout) as Results;
    const encoders = classifiersOf(results, "encoder");
    expect(encoders).toHaveLength(2);
    for (const { classifier, accuracy, labels, lossCurve, epochs } of encoders) {
      expect(classifier).toBe("owner/encoder");
      // The stand-in knows its own users by their words.
      expect(accuracy.train).toBeGreaterThan(0.8);
      for (const share of [accuracy.validation, accuracy.test]) expect(share).not.toBeNull();
      expect(labels.train.reduce((a, b) => a + b, 0)).toBe(16);
      expect(lossCurve?.at(-1)).toEqual({ step: 2, loss: 0.6 });
      expect(epochs?.at(-1)?.validationLoss).toBe(0.7);
    }
    const linear = classifiersOf(results, "routing");
    for (const [w, { accuracy, labels }] of linear.entries()) {
      expect(labels).toEqual(encoders[w]!.labels);
      expect(accuracy.test).toBeGreaterThanOrEqual(0);
    }
    expect(report()).toContain("How well classifiers of styles learned");
    expect(report()).toContain("Train loss of encoder by step");

    // Nothing that decides the mapping, and no target of a test user, was sent.
    const requests = [...server.jobs.values()].map(({ request }) => request!);
    expect(requests).toHaveLength(2);
    for (const { data, settings } of requests) {
      expect(Object.keys(data).sort()).toEqual(["labels", "train", "validation"]);
      expect((data.train as object[]).map((user) => Object.keys(user).sort().join())).toEqual(
        Array(16).fill("history,id,target"),
      );
      expect(settings).toMatchObject({ epochs: 2, learningRate: 2e-5, maxTokens: 8192, keep: "last" });
    }

    await server.kill();
    const again = await run();
    expect(again.code).toBe(0);
    expect({ ...JSON.parse(again.stdout), usage: 0 }).toEqual({ ...results, usage: 0 });
    await server.restart();
  });

  it("says before anything is paid that the trainer is away", async () => {
    const server = await standIn();
    await server.kill();
    const { run, args } = routed(server.url);
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toMatch(/encoder is not there: connection refused/);
    const { checks } = JSON.parse((await runCli(args("doctor"), folder)).stdout) as {
      checks: { what: string; ok: boolean; found: string }[];
    };
    expect(checks.find(({ what }) => what.startsWith("encoder"))).toMatchObject({ ok: false });
    await server.restart();
    const healthy = JSON.parse((await runCli(args("doctor"), folder)).stdout);
    expect(healthy.checks).toContainEqual(
      expect.objectContaining({ ok: true, found: "trainer 0.0.1 on cpu" }),
    );
  });

  it("goes on after a training that failed, with nothing lost", async () => {
    const server = await standIn();
    server.failWith = { kind: "out-of-memory", message: "CUDA out of memory", remedy: "lower microBatch" };
    const { run } = routed(server.url);
    const failed = await run();
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("the training failed (out-of-memory): CUDA out of memory");
    expect(failed.stderr).toContain("lower microBatch; nothing is lost");
    server.failWith = undefined;
    const { code, stdout } = await run();
    expect(code).toBe(0);
    expect([...server.jobs.values()].map(({ step }) => step)).toEqual([4, 4]);
    const { usage } = JSON.parse(stdout) as Results;
    expect(usage.find(({ role }) => role === "rewriter")).toMatchObject({ calls: 0 });
  });

  it("may be stopped while the trainer works, and goes on from there", async () => {
    const server = await standIn();
    const { args, run } = routed(server.url);
    const stopped = startCli(args("run"), folder, {}, (text) => {
      if (text.includes("encoder router: training")) stopped.stop();
    });
    expect((await stopped.done).code).toBe(3);
    expect((await run()).code).toBe(0);
  });

  it("shows the trainer its token, and nobody else", async () => {
    const server = await standIn();
    server.token = "a-long-enough-token";
    const refused = await routed(server.url, { APM_TRAINER_TOKEN: "another-wrong-token" }).run();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("the trainer refuses the token");
    const { run, report } = routed(server.url, { APM_TRAINER_TOKEN: "a-long-enough-token" });
    const { code, stdout, stderr } = await run();
    expect(code).toBe(0);
    for (const text of [stdout, stderr, report(), refused.stderr]) expect(text).not.toMatch(/-token/);
  });

  it("lays all worlds' jobs into a folder, stops, and goes on when they are carried out", async () => {
    const { run } = routed("folder:jobs");
    const waiting = await run();
    expect(waiting.code).toBe(3);
    expect(waiting.stderr).toContain("training jobs wait to be carried out");
    const jobs = join(folder, "jobs");
    const keys = readdirSync(jobs);
    expect(keys).toHaveLength(2);
    for (const key of keys) {
      const request = JSON.parse(readFileSync(join(jobs, key, "request.json"), "utf8"));
      expect(request.data.test.map((user: object) => Object.keys(user).sort().join())).toEqual(
        Array(8).fill("history,id"),
      );
      const { result } = standInWork(request);
      mkdirSync(join(jobs, key, "artifact"));
      writeFileSync(join(jobs, key, "result.json"), JSON.stringify(result));
    }
    const { code, stdout } = await run();
    expect(code).toBe(0);
    const [first] = classifiersOf(JSON.parse(stdout), "encoder");
    expect(first?.classifier).toBe("answerdotai/ModernBERT-base");
  });

  it("is refused where it cannot be meant", async () => {
    const wrong = async (method: object): Promise<string> => {
      writeFileSync(join(folder, "wrong.json"), JSON.stringify({ methods: [{ id: "routing", ...method }] }));
      const { code, stderr } = await runCli(["run", "wrong.json"], folder);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await wrong({ classifier: { trainer: "localhost:8900" } })).toContain("write an address");
    expect(await wrong({ labels: "rewards", classifier: { trainer: "http://localhost:1" } })).toContain(
      "an encoder learns labels",
    );
    expect(await wrong({ classifier: { trainer: "http://user:secret@localhost:1" } })).not.toContain(
      "secret",
    );
  });
});

describe("routing on the embedder's vectors", () => {
  it("is the linear classifier, of other features", async () => {
    const config = {
      pool: "k2",
      users: { train: 16, validation: 6, test: 8 },
      worlds: 1,
      methods: [
        "none",
        { id: "routing", name: "by option", features: "embedding" },
        { id: "routing", name: "by name", classifier: "embedding" },
      ],
      out: "embedded",
    };
    writeFileSync(join(folder, "embedded.json"), JSON.stringify(config));
    const { code, stdout } = await runCli(["run", "embedded.json", "--json"], folder);
    expect(code).toBe(0);
    const { methods } = JSON.parse(stdout) as Results;
    expect(methods[2]!.summary).toEqual(methods[1]!.summary);
    expect(methods[2]!.classifiers![0]!.classifier).toBe("embedding");
  });
});
