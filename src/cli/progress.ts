import stringWidth from "string-width";
import type { JobsState, RunEvent } from "../core/events.ts";
import type { System } from "../core/ports/system.ts";
import type { LiveTotals, Watch, Watcher } from "../core/watch.ts";
import { duration, whole } from "../report/format.ts";

/** A line that is redrawn on a terminal, at most ten times a second; elsewhere a plain line every ten seconds. */
const REDRAW_MS = 100;
const PLAIN_MS = 10_000;
/** After so long without anything done a person is told that the run still waits. */
const SILENT_MS = 10_000;
const FROM_STORE = "(from store: answers that were asked for before; they are kept, and cost nothing again)";

type Console = Pick<System, "stderr" | "isTerminal" | "columns">;

/** The console reporter: the only place that prints what a run tells. */
export function consoleWatcher(system: Console, now: () => number = () => performance.now()): Watcher {
  return (totals) => watchOnConsole(system, totals, now);
}

function watchOnConsole(system: Console, totals: () => LiveTotals, now: () => number): Watch {
  let stage = { ...NO_STAGE };
  let shownAt = 0;
  let doneAt = 0;
  /** Answers so far when something was last done, and when the last one came. */
  let answersAtDone = 0;
  let answers = 0;
  let answeredAt = 0;
  let isExplained = false;
  let waitingFor = "";
  let jobs: JobsState | undefined;
  const clear = system.isTerminal ? "\r\u001b[2K" : "";

  const listen = (): void => {
    const { calls, cacheHits } = totals();
    if (calls + cacheHits === answers) return;
    answers = calls + cacheHits;
    answeredAt = now();
  };
  /** A slow server is told from a dead one: what is counted may take many answers. */
  const isSilent = (): boolean =>
    now() - Math.max(answeredAt, doneAt) > SILENT_MS || answers === answersAtDone;
  const waitingWords = (): string => {
    const since = answers - answersAtDone;
    return isSilent()
      ? `nothing done for ${duration((now() - Math.max(answeredAt, doneAt)) / 1000)}: models are waited for, or trained`
      : `at work: ${whole(since)} ${since === 1 ? "answer" : "answers"} in ${duration((now() - doneAt) / 1000)}`;
  };
  const done = (): void => {
    listen();
    doneAt = now();
    answersAtDone = answers;
  };
  const line = (): string[] => {
    const seconds = (now() - stage.startedAt) / 1000;
    const rate = stage.done / Math.max(seconds, 1e-3);
    const left = rate > 0 && stage.done < stage.total ? duration((stage.total - stage.done) / rate) : "";
    const { calls, cacheHits, tokens, costUsd } = totals();
    listen();
    const isStill = now() - doneAt > SILENT_MS && stage.done < stage.total;
    // While nothing moves, a rate and a time left would be guesses; training tells its own.
    const isGuess = isStill && isSilent();
    return [
      `${stage.name}: ${whole(stage.done)}/${whole(stage.total)}${stage.unit === undefined ? "" : ` ${stage.unit}`}`,
      ...(isStill ? [waitingWords()] : []),
      ...(isGuess ? [] : [rate >= 1 ? `${whole(rate)}/s` : `${rate.toFixed(2)}/s`]),
      ...(isGuess || left === "" ? [] : [`${left} left`]),
      ...(jobs === undefined ? [] : jobsWords(jobs)),
      `${whole(calls)} calls, ${whole(cacheHits)} from store`,
      `${whole(tokens)} tokens`,
      `$${costUsd.toFixed(2)}`,
    ];
  };
  const finishStage = (): void => {
    if (stage.name === "") return;
    system.stderr(`${clear}${line().join(" · ")}\n`);
    stage = { ...NO_STAGE };
    jobs = undefined;
    if (isExplained || totals().cacheHits === 0) return;
    isExplained = true;
    system.stderr(`${FROM_STORE}\n`);
  };
  const draw = (): void => {
    shownAt = now();
    const parts = line();
    system.stderr(
      system.isTerminal ? clear + fitting(parts, system.columns?.() ?? COLUMNS) : `${parts.join(" · ")}\n`,
    );
  };
  const timer = setInterval(() => {
    listen();
    if (stage.name === "" || waitingFor !== "" || now() - doneAt < SILENT_MS) return;
    if (now() - shownAt >= (system.isTerminal ? 1_000 : PLAIN_MS)) draw();
  }, 1_000);
  timer.unref();
  const show = (event: RunEvent): void => {
    switch (event.type) {
      case "stage":
        finishStage();
        stage = { name: event.stage, unit: event.unit, total: event.total, done: 0, startedAt: now() };
        shownAt = now();
        done();
        return;
      case "progress":
        stage.done += event.done;
        done();
        // The last line of a stage is that of its end.
        if (!system.isTerminal && stage.done >= stage.total) return;
        if (now() - shownAt >= (system.isTerminal ? REDRAW_MS : PLAIN_MS)) draw();
        return;
      case "note":
        system.stderr(`${clear}${event.message}\n`);
        return;
      case "jobs":
        jobs = event;
        if (now() - shownAt >= (system.isTerminal ? 1_000 : PLAIN_MS)) draw();
        return;
      case "waiting": {
        const isNew = waitingFor !== event.server;
        waitingFor = event.server;
        if (!isNew && now() - shownAt < (system.isTerminal ? REDRAW_MS : PLAIN_MS)) return;
        shownAt = now();
        const { why, tries, server, seconds } = event;
        const words = `${why}, try ${whole(tries)}; waiting for ${server}, ${whole(seconds)} s`;
        system.stderr(
          system.isTerminal ? clear + fitting([words], system.columns?.() ?? COLUMNS) : `${words}\n`,
        );
        return;
      }
      case "answering":
        waitingFor = "";
        system.stderr(`${clear}${event.server} answers again after ${whole(event.seconds)} s\n`);
    }
  };
  return {
    observe: show,
    end() {
      clearInterval(timer);
      finishStage();
    },
  };
}

const NO_STAGE: { name: string; unit: string | undefined; total: number; done: number; startedAt: number } = {
  name: "",
  unit: undefined,
  total: 0,
  done: 0,
  startedAt: 0,
};

/** Where the width of a terminal is not known. */
const COLUMNS = 80;

/** As many parts of a line as a terminal has room for: a longer line would wrap, and could not be redrawn. */
function fitting(parts: readonly string[], columns: number): string {
  let line = "";
  for (const part of parts) {
    const longer = line === "" ? part : `${line} · ${part}`;
    if (stringWidth(longer) >= columns) break;
    line = longer;
  }
  if (line !== "") return line;
  const letters = [...(parts[0] ?? "")];
  while (stringWidth(letters.join("")) >= columns) letters.pop();
  return letters.join("");
}

/** Who does the jobs of a stage, and how they stand. */
function jobsWords({ workers, active, waiting, failed, callsPerSecond }: JobsState): string[] {
  return [
    `${whole(workers)} ${workers === 1 ? "worker" : "workers"}`,
    `${whole(active)} at work, ${whole(waiting)} waiting${failed === 0 ? "" : `, ${whole(failed)} given up`}`,
    `${callsPerSecond.toFixed(1)} calls/s`,
  ];
}
