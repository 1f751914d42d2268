import type { System } from "../../core/ports/system.ts";
import { duration, whole } from "../../report/format.ts";

/** What a worker is at, for the line that people watch. */
export interface WorkerView {
  readonly hand: readonly string[];
  readonly calls: number;
  /** Not in the log yet. */
  readonly waiting: number;
  /** Answers that gave way to others'. */
  readonly replaced: number;
}

/** Tells on standard error what a worker does. */
export interface WorkerLines {
  note(words: string): void;
  done(): void;
  failed(words: string): void;
  /** Calls a second over the last seconds. */
  rate(): number;
  watch(view: () => WorkerView): void;
  end(): void;
}

const TERMINAL_MS = 1_000;
const PLAIN_MS = 10_000;
/** The rate is that of so many seconds. */
const RATE_SECONDS = 10;

/** A line that is redrawn every second on a terminal; elsewhere a plain one every ten seconds, while something is done. */
export function workerLines(system: Pick<System, "stderr" | "isTerminal">): WorkerLines {
  const startedAt = performance.now();
  const clear = system.isTerminal ? "\r\u001b[2K" : "";
  const samples: { at: number; calls: number }[] = [];
  let view: (() => WorkerView) | undefined;
  let [done, failed, shownAt, shown] = [0, 0, 0, ""];

  const rate = (): number => {
    const [first, last] = [samples[0], samples.at(-1)];
    if (first === undefined || last === undefined || last.at === first.at) return 0;
    return ((last.calls - first.calls) * 1000) / (last.at - first.at);
  };
  const line = (): string => {
    const { hand = [], calls = 0, waiting = 0, replaced = 0 } = view?.() ?? {};
    return [
      hand.length === 0 ? "waits for work" : hand.join(", "),
      `${whole(done)} jobs done${failed === 0 ? "" : `, ${whole(failed)} failed`}`,
      `${whole(calls)} calls, ${rate().toFixed(1)}/s`,
      `${whole(waiting)} not in the log yet`,
      ...(replaced === 0 ? [] : [`${whole(replaced)} gave way to others' answers`]),
    ].join(" · ");
  };
  const timer = setInterval(() => {
    const now = performance.now();
    samples.push({ at: now, calls: view?.().calls ?? 0 });
    if (samples.length > RATE_SECONDS + 1) samples.shift();
    if (now - shownAt < (system.isTerminal ? TERMINAL_MS : PLAIN_MS)) return;
    shownAt = now;
    const words = line();
    if (system.isTerminal) system.stderr(clear + words);
    else if (words !== shown) system.stderr(`${words}\n`);
    shown = words;
  }, 1_000);
  timer.unref();
  const note = (words: string): void => system.stderr(`${clear}${words}\n`);
  return {
    note,
    done: () => void done++,
    failed(words) {
      failed++;
      note(words);
    },
    rate,
    watch(next) {
      view = next;
    },
    end() {
      clearInterval(timer);
      note(`${line()} · ${duration((performance.now() - startedAt) / 1000)}`);
    },
  };
}
