import { signal } from "./processes.ts";

/** Process groups of servers that run now. */
const groups = new Set<number>();
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Ends a group when this process ends before the server was stopped: by an error, or by a signal that nobody else heeds. */
export function guardGroup(group: number): () => void {
  if (groups.size === 0) {
    process.on("exit", endAll);
    for (const name of SIGNALS) process.prependListener(name, onSignal);
  }
  groups.add(group);
  return () => {
    if (!groups.delete(group) || groups.size > 0) return;
    process.off("exit", endAll);
    for (const name of SIGNALS) process.off(name, onSignal);
  };
}

/** There is no time left to ask it politely. */
function endAll(): void {
  for (const group of groups) signal({ group }, "SIGKILL");
}

/** Without anybody else who heeds the signal it would end this process at once: it still does. */
function onSignal(name: NodeJS.Signals): void {
  if (process.listenerCount(name) > 1) return;
  endAll();
  process.off(name, onSignal);
  process.kill(process.pid, name);
}
