import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { rngOf, rootKey } from "../../src/core/random.ts";
import { type Fault, faultServer } from "./fault-server.ts";
import { scriptedModel } from "./scripted-model.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const QUESTIONS = 5000;
const KILLS = 5;
const CONCURRENCY = 32; // of kill-child.ts
const FAULTS: Fault[] = ["500", "429", "reset-mid-body", "cut-body", "invalid-json", "empty-choices"];

const directory = temporaryFolder();

it("a run that is killed again and again loses nothing, repeats nothing and ends with the same answers", async () => {
  const rng = rngOf(rootKey("kill.test"));
  const server = await faultServer({
    model: scriptedModel(),
    delayMs: 10,
    fault: () => (rng.uniform() < 0.05 ? rng.pick(FAULTS) : undefined),
  });
  const start = () =>
    spawn(process.execPath, [
      join(import.meta.dirname, "kill-child.ts"),
      directory,
      server.baseUrl,
      String(QUESTIONS),
    ]);

  /** Requests that had arrived when the process was killed. */
  const kills: number[] = [];
  for (let round = 0; round < KILLS; round++) {
    const before = server.log.length;
    const child = start();
    const gone = new Promise((resolve) => child.once("exit", resolve));
    const enough = before + 20 + rng.int(700);
    while (server.log.length < enough) await new Promise((resolve) => setTimeout(resolve, 1));
    child.kill("SIGKILL");
    await gone;
    kills.push(server.log.length);
  }

  const child = start();
  let output = "";
  let errors = "";
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (errors += data));
  expect(await new Promise((resolve) => child.once("close", resolve)), errors).toBe(0);
  const { answers, usage } = JSON.parse(output);
  expect(answers).toEqual(Array.from({ length: QUESTIONS }, (_, i) => `answer to question ${i}#0`));
  expect(usage.cacheHits).toBeGreaterThan(0);
  expect(usage.cacheHits + usage.calls).toBe(QUESTIONS);

  /** The life of the process, counted by kills, that a question was last answered in. */
  const answered = new Map<string, number>();
  /** Answers that were asked for again, by the life that had them first. */
  const lost = new Array<number>(KILLS + 1).fill(0);
  for (const [n, { id, answeredAt }] of server.log.entries()) {
    if (answeredAt === undefined) continue;
    const earlier = answered.get(id);
    if (earlier !== undefined) lost[earlier]!++;
    answered.set(id, kills.filter((arrived) => arrived <= n).length);
  }
  expect(answered.size).toBe(QUESTIONS);
  // Lost is only what was on its way when the process died: an answer to each request in flight, and one before it that
  // had arrived in the same turn. The last life loses nothing.
  expect(Math.max(...lost)).toBeLessThanOrEqual(2 * CONCURRENCY);
  expect(lost.at(-1)).toBe(0);
  await server.close();
});
