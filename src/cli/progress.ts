import type { RunEvent } from "../core/events.ts";
import type { System } from "../core/ports/system.ts";
import type { LiveTotals, Watch, Watcher } from "../core/watch.ts";
import { whole } from "../report/format.ts";

/** A line that is redrawn on a terminal, at most ten times a second; elsewhere a plain line every ten seconds. */
const REDRAW_MS = 100;
const PLAIN_MS = 10_000;

/** The console reporter: the only place that prints what a run tells. */
export function consoleWatcher(
  system: Pick<System, "stderr" | "isTerminal">,
  now: () => number = () => performance.now(),
): Watcher {
  return (totals) => watchOnConsole(system, totals, now);
}

function watchOnConsole(
  system: Pick<System, "stderr" | "isTerminal">,
  totals: () => LiveTotals,
  now: () => number,
): Watch {
  let stage = { name: "", total: 0, done: 0, startedAt: 0 };
  let shownAt = 0;
  let waitingFor = "";
  const clear = system.isTerminal ? "\r\u001b[2K" : "";

  const line = (): string => {
    const seconds = (now() - stage.startedAt) / 1000;
    const rate = stage.done / Math.max(seconds, 1e-3);
    const left = rate > 0 && stage.done < stage.total ? duration((stage.total - stage.done) / rate) : "";
    const { calls, cacheHits, tokens, costUsd } = totals();
    return [
      `${stage.name}: ${whole(stage.done)}/${whole(stage.total)}`,
      rate >= 1 ? `${whole(rate)}/s` : `${rate.toFixed(2)}/s`,
      ...(left === "" ? [] : [`${left} left`]),
      `${whole(calls)} calls, ${whole(cacheHits)} from store`,
      `${whole(tokens)} tokens`,
      `$${costUsd.toFixed(2)}`,
    ].join(" · ");
  };
  const finishStage = (): void => {
    if (stage.name !== "") system.stderr(`${clear}${line()}\n`);
    stage = { name: "", total: 0, done: 0, startedAt: 0 };
  };
  const show = (event: RunEvent): void => {
    switch (event.type) {
      case "stage":
        finishStage();
        stage = { name: event.stage, total: event.total, done: 0, startedAt: now() };
        shownAt = now();
        return;
      case "progress":
        stage.done += event.done;
        if (now() - shownAt < (system.isTerminal ? REDRAW_MS : PLAIN_MS)) return;
        shownAt = now();
        system.stderr(system.isTerminal ? `${clear}${line()}` : `${line()}\n`);
        return;
      case "note":
        system.stderr(`${clear}${event.message}\n`);
        return;
      case "waiting": {
        const isNew = waitingFor !== event.server;
        waitingFor = event.server;
        if (!isNew && now() - shownAt < (system.isTerminal ? REDRAW_MS : PLAIN_MS)) return;
        shownAt = now();
        const { why, tries, server, seconds } = event;
        const words = `${why}, try ${whole(tries)}; waiting for ${server}, ${whole(seconds)} s`;
        system.stderr(system.isTerminal ? `${clear}${words}` : `${words}\n`);
        return;
      }
      case "answering":
        waitingFor = "";
        system.stderr(`${clear}${event.server} answers again after ${whole(event.seconds)} s\n`);
    }
  };
  return { observe: show, end: finishStage };
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
