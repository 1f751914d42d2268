import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Results } from "../../src/core/run-record.ts";
import { createSimModel } from "../../src/providers/sim/model.ts";
import { type FaultServer, faultServer } from "../contracts/fault-server.ts";

const BIN = join(import.meta.dirname, "..", "..", "bin", "apm-bench.js");

/** A command in a process of its own. */
export interface Started {
  readonly child: ChildProcess;
  readonly folder: string;
  /** What it has said on standard error so far. */
  said(): string;
  readonly code: Promise<number | null>;
}

/** Starts `apm-bench` in `cwd`. @param folder its --out */
export function start(args: readonly string[], folder: string, cwd: string, env: object = {}): Started {
  const child = spawn(process.execPath, [BIN, ...args, "--out", folder], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let words = "";
  child.stderr?.on("data", (piece) => (words += piece));
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, folder, said: () => words, code };
}

/** Starts another program; what it prints first on standard output, and how it ends. */
export function startFor(program: string, args: readonly string[], cwd: string) {
  const child = spawn(program, [...args], { cwd, stdio: ["ignore", "pipe", "ignore"] });
  const firstLine = new Promise<string>((resolve) => child.stdout.once("data", (data) => resolve(`${data}`)));
  child.stdout.resume();
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, firstLine, code };
}

/** A server of the simulated model that counts what it was paid for; the same request gets the same answer. */
export async function paidServer(delayMs: number): Promise<FaultServer & { answered(): number }> {
  const server = await faultServer({ model: createSimModel(), delayMs });
  return {
    ...server,
    answered: () => server.log.filter(({ answeredAt }) => answeredAt !== undefined).length,
  };
}

/** Flags of a run that asks such a server. */
export function runFlags(baseUrl: string, settings: readonly string[], concurrency = 8): string[] {
  const model = JSON.stringify({ provider: "openai", model: "sim", baseUrl, concurrency });
  const all = ["base", "candidate", "rewriter", "judge"].map((role) => `models.${role}=${model}`);
  return [...all, "judge.constrain=off", ...settings].flatMap((setting) => ["--set", setting]);
}

/** All that a run has found, usage aside: equal for equal results, byte for byte. */
export function foundIn(folder: string): string {
  const results = JSON.parse(readFileSync(join(folder, "results.json"), "utf8")) as Results;
  const { usage: _, ...rest } = results;
  const files = ["samples.jsonl", "users.jsonl"].map((file) => readFileSync(join(folder, file), "utf8"));
  return JSON.stringify([rest, ...files]);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until something holds. @throws after some minutes */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  seconds = 60,
): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > seconds * 20) throw new Error(`waited in vain for ${what}`);
    await pause(50);
  }
}
