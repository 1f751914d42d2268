import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { APM_BENCH, EXAMPLE_CONFIG, EXAMPLES } from "../support/cluster-examples.ts";
import { paidServer, until } from "../support/cluster-run.ts";
import { runCli } from "../support/run-cli.ts";
import { HAS_SLURM, startSlurm, type TestSlurm } from "../support/slurm.ts";

const folder = temporaryFolder();
const written = (path: string): string => readFileSync(join(folder, path), "utf8");

describe.runIf(HAS_SLURM)("examples/cluster on a SLURM of one node", () => {
  let slurm: TestSlurm;
  const ask = (command: string, ...args: string[]): string => slurm.ask(command, args, folder);
  /** States of a job, its tasks' if it is an array: a job that is over stays known for minutes. */
  const states = (job: string): string[] =>
    [...ask("scontrol", "show", "job", job).matchAll(/JobState=(\w+)/g)].map(([, state]) => state as string);

  beforeAll(async () => {
    process.env.APM_BENCH = APM_BENCH;
    writeFileSync(join(folder, "c.json"), JSON.stringify(EXAMPLE_CONFIG));
    slurm = await startSlurm();
  });
  afterAll(() => slurm?.stop());

  it("submit.sh makes the run of one process", async () => {
    expect((await runCli(["run", "c.json", "--out", "one"], folder)).code).toBe(0);
    const said = ask(join(EXAMPLES, "submit.sh"), "c.json", "run", "3");
    const jobs = [...said.matchAll(/\d+/g)].map(([job]) => job);
    expect(jobs).toHaveLength(4);
    const ends = /COMPLETED|FAILED|CANCELLED|TIMEOUT/;
    await until(() => jobs.flatMap(states).every((state) => ends.test(state)), "the jobs' end", 120);
    expect(jobs.map((job) => new Set(states(job)))).toEqual(jobs.map(() => new Set(["COMPLETED"])));
    for (const name of ["samples.jsonl", "users.jsonl"])
      expect(written(`run/${name}`)).toBe(written(`one/${name}`));
  });

  it("a task that SLURM warns of its end stops, is requeued, and goes on where it was", async () => {
    const server = await paidServer(100);
    try {
      const model = { provider: "openai", model: "sim", baseUrl: server.baseUrl, concurrency: 8 };
      const models = { base: model, candidate: model, rewriter: model, judge: model };
      writeFileSync(
        join(folder, "served.json"),
        JSON.stringify({ ...EXAMPLE_CONFIG, models, judge: { constrain: "off" } }),
      );
      const script = join(EXAMPLES, "shard.sbatch");
      const job = ask("sbatch", "--parsable", "--array=1-1", script, "users", "served.json", "served");
      await until(() => server.answered() > 50, "the task's first calls");
      ask("scancel", "--batch", "--signal=TERM", job); // what `--signal=B:TERM@120` does at its time
      await until(() => states(job).includes("PENDING"), "the task to be requeued");
      const paid = server.answered();
      expect(written(`slurm-${job}_1.out`)).toContain("stopped on request");
      // SLURM starts what was requeued after two minutes.
      await until(() => states(job).includes("COMPLETED"), "the task's end", 300);
      const output = written(`slurm-${job}_1.out`);
      expect(output).toContain(`calls, ${paid} from store`);
      expect(output).toContain(`has ${server.answered()} stored calls`);
    } finally {
      await server.close();
    }
  }, 600_000);
});
