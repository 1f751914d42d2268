import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeAll, describe, expect, it } from "vitest";
import { rngOf, rootKey } from "../../src/core/random.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { type CliResult, runCli, spawnCli, startCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const SETTINGS = [
  ...["--preset", "smoke", "--worlds", "2"],
  ...["--set", 'users={"train":60,"validation":16,"test":30}'],
  ...["--set", 'statistics={"resamples":500,"permutations":500}'],
];
const run = (out: string, ...flags: string[]): string[] => ["run", ...SETTINGS, "--out", out, ...flags];
const rng = rngOf(rootKey("run-determinism.test"));

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What a run has to say: all of its files that readers rely on, but for the usage at the end of results.json; digests. */
function recordOf(out: string): Record<string, string> {
  const read = (name: string): string => readFileSync(join(folder, out, name), "utf8");
  const results = read("results.json");
  return {
    results: sha256(results.slice(0, results.indexOf('"usage"'))),
    samples: sha256(read("samples.jsonl")),
    users: sha256(read("users.jsonl")),
  };
}

/** Calls that are in the store of a run, also while it is at work; none before it has one. */
function storedCalls(out: string): number {
  const path = join(folder, out, "calls.sqlite");
  if (!existsSync(path)) return 0;
  const store = new DatabaseSync(path, { readOnly: true, timeout: 1000 });
  try {
    return (store.prepare("select count(*) as n from calls").get() as { n: number }).n;
  } catch {
    return 0; // its tables are being made
  } finally {
    store.close();
  }
}

/** Whether the run in `out` is that of a process and has its store open: before, a reader might stand in its way. */
function isAtWork(out: string, pid: number | undefined): boolean {
  const path = join(folder, out, "progress.json");
  return existsSync(path) && (JSON.parse(readFileSync(path, "utf8")) as { pid: number }).pid === pid;
}

/** A run that can be ended before its time. */
interface Interruptible {
  readonly done: Promise<CliResult>;
  readonly pid: number | undefined;
  end(): void;
}
const INTERRUPTIONS: Readonly<Record<string, (out: string) => Interruptible>> = {
  "stopped as by Ctrl-C": (out) => {
    const { done, stop } = startCli(run(out), folder);
    return { done, pid: process.pid, end: stop };
  },
  killed: (out) => {
    const { child, done } = spawnCli(run(out), folder);
    return { done, pid: child.pid, end: () => void child.kill("SIGKILL") };
  },
};

/** Ends a run as soon as it has stored so many calls, or lets it come to its own end before. */
async function endAfter(calls: number, out: string, { done, pid, end }: Interruptible): Promise<CliResult> {
  let ended = false;
  void done.finally(() => (ended = true));
  while (!ended && !(isAtWork(out, pid) && storedCalls(out) >= calls))
    await new Promise((resolve) => setTimeout(resolve, 2));
  end();
  return done;
}

describe("the same seed gives the same bytes", () => {
  let whole: number;
  let expected: Record<string, string>;
  beforeAll(async () => {
    const { code, stderr } = await runCli(run("one", "--concurrency", "1"), folder);
    expect(code, stderr).toBe(0);
    expected = recordOf("one");
    whole = storedCalls("one");
    expect(statSync(join(folder, "one", "samples.jsonl")).size).toBeGreaterThan(100_000);
  });

  it("at concurrency 1 and 64", async () => {
    expect((await runCli(run("many", "--concurrency", "64"), folder)).code).toBe(0);
    expect(recordOf("many")).toEqual(expected);
  });

  it("and another seed gives others", async () => {
    expect((await runCli(run("other", "--seed", "2"), folder)).code).toBe(0);
    const other = recordOf("other");
    for (const [name, text] of Object.entries(expected)) expect(other[name], name).not.toBe(text);
  });

  it.each(Object.entries(INTERRUPTIONS))("also when it was %s again and again", async (name, start) => {
    const out = name.replaceAll(" ", "-");
    const codes: (number | null)[] = [];
    for (const share of [0.1, 0.6]) {
      const calls = Math.ceil((share + 0.15 * rng.uniform()) * whole);
      const { code, stderr } = await endAfter(calls, out, start(out));
      expect([0, 3, null], stderr).toContain(code);
      codes.push(code);
      expect(existsSync(join(folder, out, "lock.json")) && name !== "killed").toBe(false);
    }
    // On a busy machine a run may come to its end before anybody sees that it has the calls that are waited for.
    expect(codes.filter((code) => code !== 0).length).toBeGreaterThan(0);
    const last = await runCli(run(out), folder);
    expect(last.code, last.stderr).toBe(0);
    expect(recordOf(out)).toEqual(expected);
  });

  it("says after Ctrl-C how to go on, leaves no results, and does not repeat what it has", async () => {
    const { child, done } = spawnCli(run("stopped"), folder);
    const { code, stdout, stderr } = await endAfter(100, "stopped", {
      done,
      pid: child.pid,
      end: () => void child.kill("SIGINT"),
    });
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(/run the same command again to continue/);
    expect(existsSync(join(folder, "stopped", "results.json"))).toBe(false);
    const next = await runCli(run("stopped", "--json"), folder);
    const stored = Number(/continuing with (\d+) stored calls/.exec(next.stderr)?.[1]);
    const calls = (JSON.parse(next.stdout).usage as { calls: number }[]).reduce((n, u) => n + u.calls, 0);
    expect(stored).toBeGreaterThanOrEqual(100);
    expect(stored + calls).toBe(whole);
  });
});
