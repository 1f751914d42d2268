/**
 * The study of docs/real-llm.md: a real base LLM with simulated users and judge, and its audit. Killed at any time, it goes
 * on where it was.
 *
 *   npm run study:real
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { startRealServer } from "./server.ts";

const root = join(import.meta.dirname, "..", "..");
const CONFIG = join(root, "examples", "real-llm.json");
/** As the configuration has them. */
const [PORT, SLOTS] = [8317, 8];
/** Of methods that make a new answer for every history, the audit asks one: the others cost hours on two cores. */
const AUDITED = "routing,in-context";

const server = await startRealServer({ model: "smollm2", port: PORT, slots: SLOTS });
for (const args of [
  ["run", CONFIG],
  ["audit", CONFIG, "--methods", AUDITED],
]) {
  const { status } = spawnSync(process.execPath, [join(root, "bin", "apm-bench.js"), ...args], {
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
  if (status !== 0) break;
}
await server.stop();
