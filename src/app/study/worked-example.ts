import type { UserProfile } from "../../core/artifacts.ts";
import { mergeConfigs } from "../../core/config/load.ts";
import { usualTargets } from "../../core/config/mapping-settings.ts";
import type { Config } from "../../core/config/resolved.ts";
import type { UserConfig } from "../../core/config/schema.ts";
import { UsageError } from "../../core/errors.ts";
import { parseJson } from "../../core/json-file.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { System } from "../../core/ports/system.ts";
import { type Bounds, type Sign, scoreBounds } from "../../core/rating-scale.ts";
import { worldsOf } from "../../pipeline/users.ts";
import { type WorkedExample, workedExample } from "../../studies/worked-example/example.ts";
import { exampleOutline } from "../../studies/worked-example/outline.ts";
import { checkMapping } from "../../world/mapping.ts";
import { completeConfig } from "../resolve.ts";
import { type FinishedStudy, OWN_FOLDER } from "./finished-study.ts";

export interface ExampleWishes {
  /** Names of attributes, with a minus sign in front for the opposite side. */
  readonly attributes?: readonly string[] | undefined;
  readonly scores?: readonly number[] | undefined;
  readonly plain?: readonly number[] | undefined;
}

/**
 * The arithmetic of one user in the first world of a configuration; no model is asked.
 * @param user what preset, file and flags say, merged
 * @throws UsageError for attributes that the pool lacks, for scores off the scale, and for as many as it has no principles
 */
export function runWorkedExample(
  system: System,
  user: UserConfig,
  { attributes: names, scores, plain }: ExampleWishes,
  out: string | undefined,
): FinishedStudy<WorkedExample> {
  const config = completeConfig(system, user);
  const k = config.pool.principles.length;
  const ends = scoreBounds(config.judge.mapping);
  checkScores(scores, k, ends, "--scores");
  checkScores(plain, k, ends, "--plain");
  const attributes =
    names === undefined ? firstAttributes(config) : attributesNamed(names, config.pool.attributes);
  const active = attributes.filter((side) => side !== 0).length;
  const targets = user.targets ?? usualTargets(config.mapping, active, k);
  const { file } = config.mapping;
  const matrix = file === undefined ? {} : { matrix: checkMapping(parseJson(system, file), k, file) };
  const [world] = worldsOf({ config, ...matrix });
  const { pool, judge } = config;
  const record = workedExample({
    pool,
    scoreMapping: judge.mapping ?? "linear",
    world: world!,
    attributes,
    targets,
    scores,
    plain,
  });
  return { record, outline: exampleOutline(record), folder: out, files: OWN_FOLDER, also: [] };
}

/** The configuration with the kind of mapping that a flag names. */
export function withKind(user: UserConfig, kind: Config["mapping"]["kind"] | undefined): UserConfig {
  return kind === undefined ? user : mergeConfigs(user, { mapping: { kind } });
}

/** The first m of the pool, on alternating sides. */
function firstAttributes({ pool, activeAttributes }: Config): UserProfile["attributes"] {
  return pool.attributes.map((_, i) => (i < activeAttributes ? (i % 2 === 0 ? 1 : -1) : 0));
}

function attributesNamed(names: readonly string[], known: readonly string[]): UserProfile["attributes"] {
  const fail = (message: string): never => {
    throw new UsageError(message, {
      where: "--attributes",
      remedy: `name some of: ${known.join(", ")}; with a minus sign in front for the opposite`,
    });
  };
  const sides = new Map<string, Sign>();
  for (const written of names) {
    const text = written.trim();
    const side: Sign = /^[-−]/.test(text) ? -1 : 1;
    const name = text.replace(/^[-−+]\s*/, "");
    if (!known.includes(name)) fail(`the pool has no attribute "${name}"${didYouMean(name, known)}`);
    if (sides.has(name)) fail(`"${name}" is named twice`);
    sides.set(name, side);
  }
  return known.map((name) => sides.get(name) ?? 0);
}

function checkScores(
  scores: readonly number[] | undefined,
  k: number,
  [low, high]: Bounds,
  flag: string,
): void {
  const off = scores?.find((score) => score < low || score > high);
  if (off !== undefined) {
    throw new UsageError(`the score ${off} is off the scale of ${low} to ${high}`, {
      where: flag,
      remedy: `write numbers from ${low} to ${high}`,
    });
  }
  if (scores === undefined || scores.length === k) return;
  throw new UsageError(`${scores.length} scores for ${k} principles`, {
    where: flag,
    remedy: "give one score a principle, in the order of the pool",
  });
}
