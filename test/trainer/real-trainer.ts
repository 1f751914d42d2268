import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
const CACHE = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
/** Where scripts/trainer/install.sh puts it. */
export const TRAINER_PYTHON = join(
  process.env.APM_TRAINER_ENVIRONMENT || join(CACHE, "apm-bench", "trainer"),
  "bin",
  "python",
);

const ENVIRONMENT = {
  ...process.env,
  PYTHONPATH: join(ROOT, "trainer", "src"),
  OMP_NUM_THREADS: "2",
  HF_HUB_OFFLINE: "1",
};

/** Runs a Python script with the trainer's packages. */
export function trainerPython(...args: string[]): string {
  return execFileSync(TRAINER_PYTHON, args, { env: ENVIRONMENT, encoding: "utf8" });
}

/** A trainer that was started as users start it. */
export interface RealTrainer {
  readonly url: string;
  /** Ends the server and what it has started without a word, as a machine that goes down. */
  kill(): Promise<void>;
  /** Asks it to end. */
  stop(): Promise<void>;
}

/** @param port 0: any that is free */
export async function startRealTrainer(
  work: string,
  allowed: readonly string[],
  { port = 0, token }: { readonly port?: number; readonly token?: string } = {},
): Promise<RealTrainer> {
  const allow = allowed.flatMap((folder) => ["--allow", folder]);
  const child: ChildProcess = spawn(
    TRAINER_PYTHON,
    ["-m", "apm_trainer", "serve", "--port", String(port), "--work", work, ...allow],
    {
      env: { ...ENVIRONMENT, ...(token === undefined ? {} : { APM_TRAINER_TOKEN: token }) },
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    },
  );
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stdout?.on("data", (piece) => {
      said += piece;
      const found = /http:\/\/\S+/.exec(said)?.[0];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`the trainer ended with ${code}: ${said}`)));
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    url,
    async kill() {
      // The group, for its workers are sessions of their own and end when it does not answer any more.
      process.kill(-(child.pid as number), "SIGKILL");
      await ended;
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
