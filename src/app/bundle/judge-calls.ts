import type { Config } from "../../core/config/resolved.ts";
import type { ConfiguredMethod } from "../../methods/registry.ts";
import type { RecordedAnswers } from "../../pipeline/prepared.ts";
import { targetsOf } from "../../world/targets.ts";
import type { FrozenInputs } from "./inputs.ts";

/** What scoring recorded answers asks of the judge. */
export interface JudgeCalls {
  /** Scores that are needed, known ones included. */
  readonly scores: number;
  /** Different texts and principles that the judge must be asked for. */
  readonly calls: number;
}

/** Counts exactly what is not known. Asks again after unreadable replies come on top. */
export function judgeCalls(
  { pool, targets: count, worlds }: Pick<Config, "pool" | "targets" | "worlds">,
  frozen: FrozenInputs,
  recorded: RecordedAnswers,
  methods: readonly Pick<ConfiguredMethod, "name" | "role">[],
): JudgeCalls {
  let scores = 0;
  const open = new Set<string>();
  const own = methods.filter(({ role }) => role !== "baseline");
  for (const world of frozen.worlds.filter(({ seed }) => worlds.includes(seed))) {
    for (const { profile, text, known } of frozen.users.test) {
      const texts = [
        { text: frozen.plain.get(profile.id) ?? null, draw: "first" as const },
        ...own.map(({ name, role }) => ({
          text: recorded.get(name)?.get(world.seed)?.get(profile.id)?.text ?? null,
          draw: role === "oracle" ? ("second" as const) : ("first" as const),
        })),
      ];
      for (const { principle } of targetsOf(world.matrix, profile.attributes, count)) {
        const named = pool.principles[principle] as string;
        for (const { text: answer, draw } of texts) {
          if (answer === null) continue;
          scores++;
          const score = known?.(answer, named, draw) ?? known?.(answer, named, "first");
          if (score === undefined) open.add(JSON.stringify([draw, named, answer, text.prompt]));
        }
      }
    }
  }
  return { scores, calls: open.size };
}
