import { resolveObjectURL } from "node:buffer";
import { availableParallelism } from "node:os";
import { Worker as ThreadWorker } from "node:worker_threads";
import { withLeapingMemory } from "./memory.ts";

/**
 * jax-js spreads its kernels over web workers when it finds a global `Worker` at import, and computes on one thread
 * when it does not. Node has no such global; this one runs the script of a blob address in a worker thread. The thread
 * keeps the process alive only while it works.
 */
class BlobWorker {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  readonly #thread: Promise<ThreadWorker>;
  #waiting = 0;

  constructor(address: string) {
    const blob = resolveObjectURL(address);
    if (blob === undefined) throw new TypeError(`no script is registered under ${address}`);
    this.#thread = blob.text().then((script) => {
      const thread = new ThreadWorker(WEB_WORKER_GLOBALS + script, { eval: true });
      thread.on("message", (data) => {
        if (--this.#waiting === 0) thread.unref();
        this.onmessage?.({ data });
      });
      thread.on("error", (error) => this.onerror?.({ message: (error as Error).message }));
      return thread;
    });
  }

  postMessage(message: unknown): void {
    this.#waiting++;
    this.#thread.then((thread) => {
      thread.ref();
      thread.postMessage(message);
    });
  }
}

const WEB_WORKER_GLOBALS = `
const { parentPort } = require("node:worker_threads");
const self = globalThis;
const postMessage = (message) => parentPort.postMessage(message);
parentPort.on("message", (data) => self.onmessage({ data }));
`;

/**
 * Imports jax-js with a pool of `threads` threads; 0 means none: everything is then computed in the calling thread,
 * and arrays can be read synchronously. The first call in a process decides; later calls give the same library.
 */
export async function loadJax(
  threads: number = availableParallelism(),
): Promise<typeof import("@jax-js/jax")> {
  loaded ??= withLeapingMemory(() => importWith(threads));
  return loaded;
}

let loaded: Promise<typeof import("@jax-js/jax")> | undefined;

async function importWith(threads: number): Promise<typeof import("@jax-js/jax")> {
  if (threads <= 0) return import("@jax-js/jax");
  const before = {
    Worker: Object.getOwnPropertyDescriptor(globalThis, "Worker"),
    navigator: Object.getOwnPropertyDescriptor(globalThis, "navigator"),
  };
  // The pool is as large as the "browser" says the machine is. Both globals are asked again whenever arrays are read.
  Object.defineProperty(globalThis, "Worker", { value: BlobWorker, configurable: true, writable: true });
  Object.defineProperty(globalThis, "navigator", {
    value: { hardwareConcurrency: threads },
    configurable: true,
  });
  const jax = await import("@jax-js/jax");
  if (before.navigator !== undefined) Object.defineProperty(globalThis, "navigator", before.navigator);
  return jax;
}
