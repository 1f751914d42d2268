import type { Clock } from "../../core/ports/clock.ts";
import type { Guards } from "../decorators/guarded.ts";
import type { FileDesk } from "./desk.ts";

/** Answers that lie there are not waited for. */
const AT_ONCE: Clock = {
  now: () => performance.now(),
  after(_ms, task) {
    const soon = setImmediate(task);
    return () => clearImmediate(soon);
  },
};

/** The guards of a model whose answers come as files: no traffic, no waits, and what batches cost. */
export function guardsOfFiles(guards: Guards, files: FileDesk): Guards {
  const detour = files.detour(guards.store);
  if (!files.collects) return { ...guards, detour };
  const { price, retries } = guards;
  const share = price?.batch ?? 1;
  return {
    ...guards,
    detour,
    limiter: undefined,
    retries: retries && { ...retries, clock: AT_ONCE, random: () => 0 },
    price: price && { ...price, input: share * price.input, output: share * price.output },
  };
}
