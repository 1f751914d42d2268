import type { CallLog, LoggedArtifact, LoggedCall } from "../core/ports/call-log.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Store, StoredCall } from "../core/ports/store.ts";
import { keyText } from "../store/key.ts";
import { callPacker, packedCalls } from "../store/packed-calls.ts";

/** A push begins when so many calls wait, or the oldest of them has waited so long. */
const PUSH_CALLS = 200;
const PUSH_MS = 1_000;
/** Rows of one push at most. */
const ROWS_PER_PUSH = 1_000;

/** A local store whose calls and artifacts travel to all who work on the same log. */
export interface SharedStore extends Store {
  /** Takes over what others have added. Where they have another answer, theirs counts from now on. */
  pull(): Promise<void>;
  /** Resolves once all that was put so far is in the log, and the local store holds the log's answers. */
  settled(): Promise<void>;
  /** Ends the pushing; what still waits is pushed first, when the log can be reached. */
  leave(): Promise<void>;
  readonly traffic: Traffic;
}

/** Counts since the store was opened. */
export interface Traffic {
  /** Rows that were added to the log by this process, and rows that were taken from it. */
  pushed: number;
  pulled: number;
  /** Rows that wait to be pushed: what a kill would cost now, beside what is in flight. */
  waiting: number;
  /** Answers that gave way to the log's. */
  replaced: number;
  /** Rows of the log whose checksum is wrong. */
  damaged: number;
}

export interface SharingOptions {
  readonly clock: Clock;
  /**
   * Whether an answer is handed on only once the log has it, so that nothing is ever built on one that does not count. A
   * worker does without: it repeats a job, from the store, when answers have given way.
   */
  readonly strict?: boolean;
  /** Kinds of artifacts that stay here: states of work in progress. */
  readonly local?: ReadonlySet<string>;
}

/** Puts the log behind a local store. Look-ups stay local and synchronous. */
export function sharedStore(local: Store, log: CallLog, options: SharingOptions): SharedStore {
  const { clock, strict = false, local: localKinds = new Set<string>() } = options;
  const calls = new Map<string, LoggedCall>();
  const artifacts = new Map<string, LoggedArtifact>();
  const traffic: Traffic = { pushed: 0, pulled: 0, waiting: 0, replaced: 0, damaged: 0 };
  let cancelTimer: (() => void) | undefined;
  let pushing: Promise<void> | undefined;
  let failure: { error: unknown } | undefined;

  const counted = (): void => {
    traffic.waiting = calls.size + artifacts.size;
  };

  const giveWay = ({ key, call }: LoggedCall): void => {
    local.replaceCall(key, call);
    traffic.replaced++;
  };

  /** One push of what waits. An answer leaves the queue once the log has it, so a failed push loses nothing. */
  const push = async (): Promise<void> => {
    const some = Array.from(calls).slice(0, ROWS_PER_PUSH);
    const derived = Array.from(artifacts);
    const others = await log.appendCalls(some.map(([, call]) => call));
    for (const [id] of some) calls.delete(id);
    for (const other of others) giveWay(other);
    const otherArtifacts = await log.appendArtifacts(derived.map(([, artifact]) => artifact));
    for (const [id, artifact] of derived) if (artifacts.get(id) === artifact) artifacts.delete(id);
    for (const { kind, key, bytes } of otherArtifacts) local.putArtifact(kind, key, bytes);
    traffic.replaced += otherArtifacts.length;
    traffic.pushed += some.length + derived.length - others.length - otherArtifacts.length;
    counted();
  };

  const pushAll = (): Promise<void> => {
    cancelTimer?.();
    cancelTimer = undefined;
    pushing ??= (async () => {
      try {
        while (calls.size + artifacts.size > 0) await push();
      } catch (error) {
        failure = { error };
        throw error;
      } finally {
        pushing = undefined;
      }
    })();
    return pushing;
  };

  const waits = (): void => {
    counted();
    if (pushing !== undefined) return;
    if (calls.size >= PUSH_CALLS) pushAll().catch(() => {});
    else
      cancelTimer ??= clock.after(PUSH_MS, () => {
        pushAll().catch(() => {}); // told by the next put, or by `settled`
      });
  };

  const checkFailure = (): void => {
    if (failure !== undefined) throw failure.error;
  };

  const settled = async (): Promise<void> => {
    checkFailure();
    while (calls.size + artifacts.size > 0 || pushing !== undefined) await pushAll();
  };

  const { putPacked, ...usual } = local;
  const packer = callPacker();
  /** Packed once, for both the local store and the log. */
  const put = (key: Uint8Array, call: StoredCall, pack: NonNullable<Store["putPacked"]>): void => {
    packer.add(0, key, call);
    const bytes = packer.take();
    // First, so that an answer that was paid for reaches the log though the disk here is full.
    for (const ready of packedCalls(bytes)) calls.set(keyText(key), ready);
    waits();
    pack(bytes, () => {}, true);
  };
  return {
    ...usual,
    // Calls that threads have packed would pass the log by.
    putPacked: undefined,
    putCall(key, call) {
      checkFailure();
      if (putPacked !== undefined) return put(key, call, putPacked);
      calls.set(keyText(key), { key, call });
      waits();
      local.putCall(key, call);
    },
    putArtifact(kind, key, bytes) {
      checkFailure();
      local.putArtifact(kind, key, bytes);
      if (localKinds.has(kind)) return;
      artifacts.set(keyText(key) + kind, { kind, key, bytes: bytes.slice() });
      waits();
    },
    async kept() {
      await local.kept();
      if (strict) await settled();
    },
    async pull() {
      traffic.damaged += await log.pull((page) => {
        for (const logged of page.calls) {
          traffic.pulled++;
          const mine = local.getCall(logged.key);
          calls.delete(keyText(logged.key));
          if (mine === undefined) local.putCall(logged.key, logged.call);
          else if (mine.text !== logged.call.text || mine.reasoning !== logged.call.reasoning)
            giveWay(logged);
        }
        for (const { kind, key, bytes } of page.artifacts) {
          traffic.pulled++;
          artifacts.delete(keyText(key) + kind);
          const mine = local.getArtifact(kind, key);
          if (mine === undefined || !Buffer.from(mine).equals(bytes)) local.putArtifact(kind, key, bytes);
        }
        counted();
      });
      local.flush();
    },
    settled,
    async leave() {
      try {
        await settled();
      } finally {
        cancelTimer?.();
      }
    },
    traffic,
  };
}
