import { join } from "node:path";
import { POOL_NAMES, poolNamed } from "../../catalog/pools.ts";
import type { Config } from "../../core/config/resolved.ts";
import { UsageError } from "../../core/errors.ts";
import { parseJson } from "../../core/json-file.ts";
import type { System } from "../../core/ports/system.ts";
import type { UsageRow } from "../../core/run-record.ts";
import { markedLines, type Simulated, simulatedIn } from "../../core/simulated.ts";
import type { Watcher } from "../../core/watch.ts";
import { createJudge } from "../../judge/judge.ts";
import { textJudge } from "../../judge/settings.ts";
import { matrixToNpy } from "../../numerics/npy-write.ts";
import { RUN_FILES } from "../../run-folder/run-directory.ts";
import { parseNames } from "../../studies/attribute-selection/names.ts";
import { rateTexts } from "../../studies/attribute-selection/rate.ts";
import { plainAnswers, promptTexts, type RatedText } from "../../studies/texts.ts";
import { testConversations } from "../compose.ts";
import { checkTraits } from "../model-checks.ts";
import { executeStudy } from "./execute-study.ts";

/** What is rated, and which list of names belongs to it: of the paper's file, or of a pool. */
const SUBJECTS = {
  answers: { side: "principles", keys: ["response", "principles"] },
  users: { side: "attributes", keys: ["user", "attributes"] },
} as const;

export interface RateSettings {
  readonly of: keyof typeof SUBJECTS;
  /** File of candidate names; `undefined`: those of all shipped pools. */
  readonly names?: string | undefined;
  readonly namesKey?: string | undefined;
  /** How many conversations are rated. */
  readonly conversations: number;
}

/** The matrix for NumPy, its names, and the same as JSONL. */
interface RatingFiles {
  readonly matrix: string;
  readonly names: string;
  readonly lines: string;
}

export interface RatingRecord extends Simulated {
  readonly of: RateSettings["of"];
  readonly conversations: number;
  readonly names: readonly string[];
  readonly missing: number;
  readonly missingTexts: number;
  readonly usage: readonly UsageRow[];
  readonly files: RatingFiles;
}

/**
 * Makes the rating matrix that `attributes select` reads, and writes it with its record.
 * @throws UsageError for names that are not clear or that the simulated judge does not know
 */
export async function rateAttributes(
  system: System,
  config: Config,
  settings: RateSettings,
  watcher: Watcher,
): Promise<RatingRecord> {
  const names = candidateNames(system, settings);
  checkTraits([config.models.judge], names, (i) => `${settings.names ?? "the pools"}, name ${i + 1}`);
  const { of, conversations: count } = settings;

  const source = await testConversations(system, config, count);
  const wanted = [config.models.base, config.models.judge];
  const made = await executeStudy(system, config, wanted, watcher, async ({ models, usage }, observe) => {
    const { concurrency } = config;
    const base = models.language("base", config.models.base);
    const rater = models.language("judge", config.models.judge);
    const texts =
      of === "users"
        ? promptTexts(source, count)
        : await plainAnswers(base, source, count, concurrency, observe);
    const values = await rateTexts(
      createJudge(rater, textJudge(config.judge)),
      texts,
      names,
      concurrency,
      observe,
    );
    const mark = simulatedIn({ judge: rater, ...(of === "answers" && { base }) });
    return { texts, values, mark, usage: usage() };
  });
  const { texts, values, mark, usage } = made;
  const files = writeRatings(system, config.out, names, texts, values, mark);
  const record: RatingRecord = {
    ...mark,
    of,
    conversations: texts.length,
    names,
    missing: values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0),
    missingTexts: texts.filter(({ text }) => text === null).length,
    usage,
    files,
  };
  system.writeFile(join(config.out, RUN_FILES.results), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

/** The wanted names: of the file, else the union over all shipped pools. */
function candidateNames(system: System, { names: file, namesKey, of }: RateSettings): readonly string[] {
  const { side, keys } = SUBJECTS[of];
  if (file === undefined) return [...new Set(POOL_NAMES.flatMap((name) => poolNamed(name)[side]))];
  const lists = parseNames(parseJson(system, file), file);
  const wanted = namesKey === undefined ? ["", ...keys] : [namesKey];
  const found = wanted.flatMap((key) => [lists.get(key) ?? []]).find((list) => list.length > 0);
  if (found !== undefined) return found;
  throw new UsageError(`which list of names to take is not clear: ${[...lists.keys()].join(", ")}`, {
    where: file,
    remedy: "name one of them with --names-key",
  });
}

function writeRatings(
  system: System,
  out: string,
  names: readonly string[],
  texts: readonly RatedText[],
  values: Float64Array,
  mark: Required<Simulated>,
): RatingFiles {
  const files = {
    matrix: join(out, "ratings.npy"),
    names: join(out, "names.json"),
    lines: join(out, "ratings.jsonl"),
  };
  const lines = markedLines(system.openLines(files.lines), mark);
  for (const [row, { conversation }] of texts.entries()) {
    const scores = Object.fromEntries(
      names.map((name, i) => {
        const value = values[row * names.length + i] as number;
        return [name, Number.isNaN(value) ? null : value];
      }),
    );
    lines.write({ conversation, scores });
  }
  lines.close();
  system.writeFile(files.matrix, matrixToNpy(values, texts.length, names.length));
  system.writeFile(files.names, `${JSON.stringify(names)}\n`);
  return files;
}
