/**
 * The study of docs/real-llm.md: a real base LLM with simulated users and judge, and its audit. Killed at any time, it goes
 * on where it was.
 *
 *   npm run study:real
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { startRealServer } from "./server.ts";

const root = join(import.meta.dirname, "..", "..");
const CONFIG = join(root, "examples", "real-llm.json");
/** As the configuration has them. */
const [PORT, SLOTS] = [8317, 8];
/** Of methods that make a new answer for every history, the audit asks one: the others cost hours on two cores. */
const AUDITED = "routing,in-context";

/** Runs the command line to its end, while what the server writes is read. */
const apmBench = (args: readonly string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "bin", "apm-bench.js"), ...args], { stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });

const server = await startRealServer({ model: "smollm2", port: PORT, slots: SLOTS });
process.exitCode =
  (await apmBench(["run", CONFIG])) || (await apmBench(["audit", CONFIG, "--methods", AUDITED]));
await server.stop();
