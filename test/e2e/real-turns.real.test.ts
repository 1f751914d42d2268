import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { REAL_PYTHON, weightsOf } from "../../scripts/real/places.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { freePort } from "../support/free-port.ts";
import { type CliResult, spawnCli } from "../support/run-cli.ts";

/** Against a test that hangs alone: other work may have the cores. */
const PATIENCE_MS = 1_800_000;
const folder = temporaryFolder();
const env = { XDG_STATE_HOME: join(folder, "state") };

it(
  "real servers of two roles take turns, and after kill -9 the next start ends the one that was left",
  async () => {
    const [base, judge] = [await freePort(), await freePort()];
    writeFileSync(join(folder, "config.json"), JSON.stringify(config(base, judge)));

    const killed = spawnCli(["run", "config.json"], folder, env);
    await Promise.race([answering(judge), tooEarly(killed.done)]);
    expect(await answers(base)).toBe(false);
    killed.child.kill("SIGKILL");
    expect((await killed.done).code).toBe(null);
    expect(await answers(judge)).toBe(true);

    const { code, stdout, stderr } = await spawnCli(["run", "config.json"], folder, env).done;
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("ending a server that an earlier run has left behind");
    expect(stdout).toContain("SIMULATED: users (rewriter) come");
    // The candidates were answered before the kill; what is left is their ratings, the answers, and their ratings.
    expect(stderr.match(/^starting /gm)?.length).toBe(3);
    await gone(base, judge);

    const again = await spawnCli(["run", "config.json"], folder, env).done;
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).not.toContain("starting ");
  },
  PATIENCE_MS,
);

function config(base: number, judge: number): object {
  const model = (name: string, port: number) => ({
    provider: "openai",
    model: name,
    baseUrl: `http://127.0.0.1:${port}/v1`,
    concurrency: 4,
    serve: [
      ...[REAL_PYTHON, join(import.meta.dirname, "..", "..", "scripts", "real", "serve.py")],
      ...[weightsOf("smollm2"), `${port}`, "4", "1024", "2", name, "chat"],
    ],
  });
  return {
    pool: "k2",
    users: { train: 1, validation: 1, test: 1 },
    historyLength: 1,
    conversations: { perUser: 2 },
    worlds: 1,
    models: {
      base: { ...model("base", base), temperature: 0.7, seed: 1, maxTokens: 16 },
      rewriter: "sim:default",
      judge: { ...model("judge", judge), temperature: 0, maxTokens: 4 },
    },
    methods: ["none", "routing-oracle"],
    out: "out",
  };
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/v1/models`)).ok;
  } catch {
    return false;
  }
}

async function answering(port: number): Promise<void> {
  while (!(await answers(port))) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** No server answers, and no record of one is left. */
async function gone(...ports: readonly number[]): Promise<void> {
  for (const port of ports) expect(await answers(port)).toBe(false);
  const records = join(env.XDG_STATE_HOME, "apm-bench", "servers");
  expect(existsSync(records) ? readdirSync(records) : []).toEqual([]);
}

/** Rejects when a run ends before it was to be killed. */
const tooEarly = (done: Promise<CliResult>): Promise<never> =>
  done.then(({ code, stderr }) => Promise.reject(new Error(`the run ended with ${code}: ${stderr}`)));
