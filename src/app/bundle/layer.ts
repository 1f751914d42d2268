import type { Manifest } from "../../bundle/manifest.ts";
import type { OpenBundle } from "../../bundle/read-users.ts";
import { answerSettings, strangersModel } from "../../core/config/answer-settings.ts";
import { bundleOf, parseUserConfig } from "../../core/config/load.ts";
import type { BundleConfig, Config } from "../../core/config/resolved.ts";
import type { UserConfig } from "../../core/config/schema.ts";
import { UsageError } from "../../core/errors.ts";
import { canonicalJson } from "../../core/hash.ts";
import type { System } from "../../core/ports/system.ts";
import { promptFingerprints } from "../../core/prompt/prompts.ts";
import { judgePrompt } from "../../judge/judge.ts";
import { external } from "../../methods/external.ts";
import { METHOD_IDS } from "../../methods/registry.ts";
import { findBundle } from "./find.ts";

/** What a frozen set decides, whoever takes it. */
const SETTLED = [
  "pool",
  "activeAttributes",
  "historyLength",
  "conversations",
  "mapping",
  "targets",
  "styles",
  "seed",
] as const satisfies (keyof Config)[];
/** What it says, and its user may say otherwise: a judge on purpose alone. */
const REPLACEABLE = ["judge", "statistics"] as const satisfies (keyof Config)[];

/** A frozen set that a configuration names, and what the set says in place of defaults. */
export interface BundleLayer {
  readonly bundle: OpenBundle;
  /** Under preset, file and flags. */
  readonly settings: UserConfig;
  /** Over them: which set it is. */
  readonly pinned: { readonly bundle: BundleConfig };
}

/** @throws UsageError when there is no such set, or another one than the configuration pins */
export async function bundleLayer(
  system: System,
  named: NonNullable<UserConfig["bundle"]>,
): Promise<BundleLayer> {
  const { source, id, otherJudge } = bundleOf(named);
  const bundle = await findBundle(system, source);
  if (id !== undefined && id !== bundle.id) {
    throw new UsageError(
      `another frozen set stands there: ${bundle.id.slice(0, 16)}..., not ${id.slice(0, 16)}...`,
      {
        where: source,
        remedy: "fetch the set that the configuration names, or leave bundle.id out to take this one",
      },
    );
  }
  return {
    bundle,
    settings: settingsOf(bundle),
    pinned: { bundle: { source, id: bundle.id, ...(otherJudge === undefined ? {} : { otherJudge }) } },
  };
}

/**
 * The settings of the frozen run as a layer. A set is a stranger's: whatever names an address, a key, a file or code is left
 * out, methods of the run that need such things too.
 */
function settingsOf({ manifest, folder }: OpenBundle): UserConfig {
  const { config, users, worlds } = manifest;
  const kept = Object.fromEntries([...SETTLED, ...REPLACEABLE].map((key) => [key, config[key]]));
  const models = Object.fromEntries(
    Object.entries(config.models ?? {}).map(([role, model]) => [
      role,
      strangersModel(model as object as never),
    ]),
  );
  const methods = (config.methods ?? []).filter(isHarmless);
  const { train, validation, test } = users;
  const counts = {
    ...(train > 0 ? { train } : {}),
    ...(validation > 0 ? { validation } : {}),
    test,
    voices: config.users?.voices ?? true,
    attributes: config.users?.attributes ?? "balanced",
    ...(users.imported === undefined ? {} : { testFile: users.imported }),
  };
  return parseUserConfig(
    {
      ...kept,
      models,
      users: counts,
      ...(methods.length > 0 ? { methods } : {}),
      ...(worlds === undefined ? {} : { worlds: worlds.map(({ seed }) => seed) }),
    },
    `${folder}: config`,
  );
}

/** A method of the package whose options name no address and no program. */
function isHarmless(method: unknown): boolean {
  const { id, object } = method as { id?: unknown; object?: unknown };
  return (
    object === undefined &&
    (METHOD_IDS as readonly unknown[]).includes(id) &&
    id !== external.id &&
    !JSON.stringify(method).includes("://")
  );
}

/**
 * @param config the configuration as it is wanted
 * @param own that of the set alone
 * @throws UsageError when a setting differs that the set decides
 */
export function refuseUnsettled(config: Config, own: Config, { manifest }: OpenBundle): void {
  const differing: string[] = SETTLED.filter((key) => canonicalJson(config[key]) !== canonicalJson(own[key]));
  for (const key of ["voices", "attributes"] as const) {
    if (config.users[key] !== own.users[key]) differing.push(`users.${key}`);
  }
  for (const role of ["candidate", "rewriter"] as const) {
    if (!isSameModel(config, own, role)) differing.push(`models.${role}`);
  }
  // Scores of two mappings cannot stand beside each other, whoever gave them.
  if (config.judge.mapping !== own.judge.mapping) differing.push("judge.mapping");
  if (config.judge.ratings !== own.judge.ratings) differing.push("judge.ratings");
  const unrated = config.worlds.find((seed) => !own.worlds.includes(seed));
  if (own.judge.ratings === "targets" && unrated !== undefined)
    differing.push(`worlds (${unrated} has no ratings)`);
  if (differing.length > 0) {
    throw new UsageError(`the frozen set decides ${differing.join(", ")}`, {
      where: config.bundle?.source ?? "bundle",
      remedy: "leave these settings out, or make a run that names no set",
    });
  }
  refuseOtherJudge(config, own, manifest);
}

function refuseOtherJudge(config: Config, own: Config, { prompts, models }: Manifest): void {
  if (config.bundle?.otherJudge) return;
  const remedy =
    "use the judge of the set, or take another on purpose with `apm-bench run --other-judge`: its scores of answers then stand beside ratings of the set's own judge";
  if (!isSameModel(config, own, "judge") || !isSameJudging(config, own)) {
    throw new UsageError(`another judge than that of the frozen set, ${models.judge.id}`, {
      where: "models.judge, judge",
      remedy,
    });
  }
  if (!isAskedAlike(config, prompts)) {
    throw new UsageError(
      "this version of apm-bench asks judges in other words than the set's judge was asked",
      {
        where: "prompts.judge",
        remedy:
          "use the version of apm-bench that made the set (see its manifest), or run it with `apm-bench run --other-judge`",
      },
    );
  }
}

/** Whether a role is taken by the same model, with all that can change an answer. */
export const isSameModel = (a: Config, b: Config, role: keyof Config["models"]): boolean =>
  canonicalJson(answerSettings(a.models[role])) === canonicalJson(answerSettings(b.models[role]));

/** How often a judge is asked again decides no score that is there; nor does what was rated. */
function isSameJudging({ judge: a }: Config, { judge: b }: Config): boolean {
  const { retries: _, ratings: __, ...own } = a;
  const { retries: ___, ratings: ____, ...other } = b;
  return canonicalJson(own) === canonicalJson(other);
}

/** Whether this version asks the judge in the words that the set's judge was asked in. */
function isAskedAlike({ judge }: Config, prompts: Manifest["prompts"]): boolean {
  const name = judgePrompt(judge);
  return prompts[name] === promptFingerprints()[name];
}

/** Whether the judge of a run on a set is the set's own, so that its scores are known. */
export function isJudgedAlike(config: Config, own: Config, { manifest }: OpenBundle): boolean {
  return (
    isSameModel(config, own, "judge") && isSameJudging(config, own) && isAskedAlike(config, manifest.prompts)
  );
}
