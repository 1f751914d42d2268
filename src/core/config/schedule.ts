import type { Config } from "./resolved.ts";
import { commandOf, processKey, takesTurns } from "./serve.ts";

/**
 * Whether a run goes stage by stage: all rewrites, then all candidates, and so on, instead of user by user. Where nothing is
 * said, it does when models take turns on one device.
 */
export function goesByStages({ schedule, models }: Pick<Config, "schedule" | "models">): boolean {
  return schedule === undefined ? takesTurns(Object.values(models)) : schedule === "stages";
}

/** Test users that answer at the same time; all where base LLM and embedder take turns, so that each has one. */
export function answeringUsers(
  { concurrency, models }: Pick<Config, "concurrency" | "models">,
  users: number,
): number {
  return takesTurns([models.base, models.embedder]) ? Math.max(concurrency, users) : concurrency;
}

type Role = keyof Config["models"];

/** Whom a run by stages asks, stage by stage: rewrites, candidates, ratings, plain answers, all answers, judging. */
const STAGES: readonly (readonly Role[])[] = [
  ["rewriter"],
  ["candidate"],
  ["judge"],
  ["base"],
  ["base", "embedder"],
  ["judge"],
];

/**
 * How often a run starts servers itself; nothing where it starts none.
 * @param asked roles that it asks at all
 */
export function serverStarts(
  config: Pick<Config, "schedule" | "models">,
  asked: ReadonlySet<string>,
): { readonly starts: number; readonly isAtLeast: boolean } | null {
  const processes = (roles: readonly Role[]): Set<string> =>
    new Set(
      roles.flatMap((role) => {
        const command = asked.has(role) ? commandOf(config.models[role]) : undefined;
        return command === undefined ? [] : [processKey(command)];
      }),
    );
  const all = processes(STAGES.flat());
  if (all.size === 0) return null;
  const { models } = config;
  if (!goesByStages(config)) return { starts: all.size, isAtLeast: takesTurns(Object.values(models)) };
  let starts = 0;
  let up = new Set<string>();
  for (const needed of STAGES.map(processes)) {
    for (const process of needed) if (!up.has(process)) starts++;
    up = needed;
  }
  return { starts, isAtLeast: takesTurns([models.base, models.embedder]) };
}
