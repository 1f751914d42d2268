import { join } from "node:path";
import { z } from "zod";
import { type AnswersFile, readAnswers } from "../../bundle/answers-file.ts";
import { parseUserConfig } from "../../core/config/load.ts";
import type { Config, MethodConfig, OwnMethodConfig } from "../../core/config/resolved.ts";
import { withOwnCommands } from "../../core/config/serve.ts";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import type { Submission } from "../../core/submission.ts";
import { isBaseline } from "../../methods/about.ts";
import { type ConfiguredMethod, methodHead } from "../../methods/registry.ts";
import type { RecordedAnswers } from "../../pipeline/prepared.ts";
import { beginRun, type OpenRun, type ReadyRun, readyRun } from "../compose.ts";
import type { Layer } from "../layers.ts";
import { closed } from "../open-models.ts";
import { type ConfigFlags, configFromFlags } from "../overrides.ts";
import { completeConfig, merge, overBundle } from "../resolve.ts";
import { openWorkplace } from "../workplace.ts";
import { type JudgeCalls, judgeCalls } from "./judge-calls.ts";
import { bundleLayer } from "./layer.ts";

/** How answers that came as a file are to be scored. */
export interface ScoreSettings
  extends Pick<ConfigFlags, "judge" | "otherJudge" | "concurrency" | "budgetMore" | "set"> {
  readonly bundle: string;
  /** What the method is called in tables. */
  readonly name: string;
  readonly out?: string;
  /** ISO date on which the answers came; today when absent. */
  readonly received?: string;
}

/** Answers that were read and checked, and what scoring them would ask of the judge. */
export interface ReadyScoring {
  readonly ready: ReadyRun;
  readonly recorded: RecordedAnswers;
  readonly submission: Submission;
  readonly missing: number;
  readonly calls: JudgeCalls;
}

/**
 * Reads answers and the frozen set that they answer.
 * @throws UsageError for a file of another form, or answers to nobody in the set
 */
export async function readScoring(
  system: System,
  file: string,
  settings: ScoreSettings,
): Promise<ReadyScoring> {
  const { config, methods } = await scoringConfig(system, settings);
  const ready = await readyRun(system, config, { configured: methods });
  const { frozen } = ready.inputs;
  if (frozen === undefined) throw new UsageError("answers are scored on a frozen set", { where: "--bundle" });
  const given: AnswersFile = readAnswers(system, file, frozen.worlds, frozen.users.test);
  const recorded = new Map([...frozen.answers, [settings.name, given.answers] as const]);
  const received = settings.received ?? new Date().toISOString().slice(0, 10);
  return {
    ready: { ...ready, config: withVersion(config, given.sha256) },
    recorded,
    submission: { method: settings.name, sha256: given.sha256, received },
    missing: given.missing,
    calls: judgeCalls(config, frozen, recorded, methods),
  };
}

/** Opens the folder that the results are written into; a run as any other from here on. */
export function openScoring(system: System, { ready, recorded, submission }: ReadyScoring): OpenRun {
  const { out, budget } = ready.config;
  const place = openWorkplace(system, out, budget);
  const open = beginRun(ready, place);
  const close = (): Promise<void> => closed(ready.providers, place);
  return { ...open, setup: { ...open.setup, recorded }, submission, close };
}

const ANSWERS_ID = "answers";

async function scoringConfig(
  system: System,
  { bundle: source, name, out, judge, otherJudge, concurrency, budgetMore, set }: ScoreSettings,
): Promise<{ config: Config; methods: ConfiguredMethod[] }> {
  const written = configFromFlags({
    ...{ preset: "default", bundle: source, set },
    out: out ?? join("runs", `score-${name}`.replace(/[^\w.-]+/g, "-")),
    ...(judge === undefined ? {} : { judge }),
    ...(otherJudge === undefined ? {} : { otherJudge }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(budgetMore === undefined ? {} : { budgetMore }),
  });
  const layer: Layer = {
    config: withOwnCommands(parseUserConfig(written, "the command line")),
    from: () => "the command line",
  };
  const { bundle } = await bundleLayer(system, source);
  const { config: frozen, files } = bundle.manifest;
  // Without recorded answers, as of hidden worlds, the plain ones alone are there to compare with.
  const recorded = recordedMethods(frozen.methods).filter(
    (m) => files.answers !== undefined || isBaseline(m),
  );
  const own: OwnMethodConfig = {
    id: ANSWERS_ID,
    name,
    object: {
      version: "",
      about: {
        ...{ id: ANSWERS_ID, title: name, role: "method", readsHistory: true },
        summary: "answers that came as a file; how they were made is not known here",
      },
      learns: false,
      answers: "anew",
    },
  };
  const config = completeConfig(system, merge(await overBundle(system, [layer])));
  const all = { ...config, methods: [...recorded, own] };
  const methods = all.methods.map((method, i) => unasked(method, i));
  const twice = methods.slice(0, -1).find((method) => method.name === name);
  if (twice !== undefined) {
    throw new UsageError(`the frozen run has a method "${name}" already`, {
      where: "--name",
      remedy: "call yours otherwise",
    });
  }
  return { config: all, methods };
}

/** The file is the version of its method. */
function withVersion(config: Config, version: string): Config {
  const methods = config.methods.map((method) =>
    method.id === ANSWERS_ID && method.object !== undefined
      ? { ...method, object: { ...(method as OwnMethodConfig).object, version } }
      : method,
  );
  return { ...config, methods };
}

const ownEntry = z.looseObject({
  version: z.string(),
  about: z.strictObject({
    ...{ id: z.string(), title: z.string(), summary: z.string(), readsHistory: z.boolean() },
    role: z.enum(["method", "floor"]),
    ...{
      instead: z.string().optional(),
      colour: z
        .string()
        .regex(/^#[0-9a-f]{6}$/)
        .optional(),
    },
  }),
  learns: z.boolean(),
  answers: z.enum(["styled", "same", "anew"]),
});

/** The frozen run's methods as its record names them; a stranger's own method without what a record needs is left out. */
function recordedMethods(methods: readonly MethodConfig[]): MethodConfig[] {
  return methods.filter(({ object }) => object === undefined || ownEntry.safeParse(object).success);
}

/** A method as results know it, whose answers are there: it can be neither fitted nor asked. */
function unasked(entry: MethodConfig, index: number): ConfiguredMethod {
  const head = methodHead(entry, index);
  const asked = (): never => {
    throw new UsageError(`the frozen set has no answers of ${head.name}`, { where: head.name });
  };
  return {
    ...head,
    calls: () => [],
    implementation:
      head.role === "oracle" ? { kind: "oracle", answer: asked } : { kind: "method", fit: asked },
  };
}
