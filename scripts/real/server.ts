import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../test/support/free-port.ts";
import type { RealModel } from "./packages.ts";
import { REAL_PYTHON, weightsOf } from "./places.ts";

export interface RealServerSettings {
  readonly model: RealModel;
  /** Another file than the model's own. */
  readonly file?: string;
  /** Answers made at the same time. */
  readonly slots?: number;
  /** Tokens of context of each of them. */
  readonly context?: number;
  /** A free one unless given. */
  readonly port?: number;
  readonly threads?: number;
  /** A chat template in the place of the model's own. */
  readonly template?: string;
}

export interface RealServer {
  readonly port: number;
  readonly origin: string;
  /** Root of its API. */
  readonly baseUrl: string;
  readonly pid: number;
  /** Ends it; by SIGKILL, as a crash would, when `crash`. */
  stop(crash?: boolean): Promise<void>;
}

/** All cores, unless other work has some of them: threads that wait for each other then stand still. */
const THREADS = Number(process.env.APM_REAL_THREADS ?? availableParallelism());
/** How much of what it wrote is quoted when it does not start. */
const LAST_WORDS = 600;

/** Starts llama.cpp's server in a process of its own, and waits until it answers. @throws Error when it does not start */
export async function startRealServer(settings: RealServerSettings): Promise<RealServer> {
  const { model, slots = 4, context = 2048, threads = THREADS } = settings;
  const port = settings.port ?? (await freePort());
  const kind = model === "minilm" ? "embeddings" : "chat";
  const template = settings.template === undefined ? [] : [settings.template];
  const { file = weightsOf(model) } = settings;
  const args = [file, port, slots, context, threads, model, kind, ...template];
  // A file takes what it writes: a pipe is full after some hundred calls, and stops a server whose starter is busy.
  const folder = mkdtempSync(join(tmpdir(), "apm-real-server-"));
  const log = join(folder, "log.txt");
  const written = openSync(log, "w");
  const child = spawn(REAL_PYTHON, [join(import.meta.dirname, "serve.py"), ...args.map(String)], {
    stdio: ["pipe", "pipe", written],
  });
  closeSync(written);
  const gone = new Promise<void>((resolve) => {
    child.once("close", () => {
      rmSync(folder, { recursive: true, force: true });
      resolve();
    });
  });
  await ready(child, () => readFileSync(log, "utf8").slice(-LAST_WORDS));
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    baseUrl: `http://127.0.0.1:${port}/v1`,
    pid: child.pid as number,
    stop(crash = false) {
      if (crash) child.kill("SIGKILL");
      else child.stdin?.end();
      return gone;
    },
  };
}

function ready(child: ChildProcess, lastWords: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (piece) => {
      if (`${piece}`.includes("ready")) resolve();
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${lastWords()}`)));
  });
}
