import type { SourcePorts } from "../../conversations/sources/load.ts";
import type { PlacedRecord } from "../../conversations/sources/records.ts";
import { parseSource } from "../../conversations/sources/source-spec.ts";
import { UsageError } from "../../core/errors.ts";
import { type Key, rngOf } from "../../core/random.ts";
import { chooseQuestionShards } from "./hub-shards.ts";
import { ownRecords } from "./own-questions.ts";
import { type LeftOut, OWN, type Question, type QuestionSet, SET_NAMES, type SetId } from "./question.ts";
import { readRecords } from "./records.ts";
import { SET_SCHEMAS } from "./schemas.ts";

/**
 * Reads a set of questions and checks every record.
 * @param source `builtin`, files joined by commas, or `hf:OWNER/NAME[@revision][:split]`
 * @param where the flag that it stands under
 * @throws UsageError naming file, place and column of the first record that is wrong; ApmError from the hub
 */
export async function loadQuestionSet(
  id: SetId,
  source: string,
  where: string,
  ports: SourcePorts,
): Promise<QuestionSet> {
  const spec = parseSource(source, where, "questions");
  const schema = SET_SCHEMAS[id];
  let records: PlacedRecord[];
  if (spec.kind === "builtin") {
    records = ownRecords(id).map((record, i) => ({ record, where: `${OWN}, record ${i + 1}` }));
  } else {
    records = [];
    const paths = spec.kind === "files" ? spec.files : await fetched(id, spec.dataset, ports);
    for (const path of paths) records.push(...(await readRecords(ports.files, path, schema)));
  }
  const questions: Question[] = [];
  const reasons: Partial<Record<LeftOut, number>> = {};
  for (const placed of records) {
    const read = schema.read(placed.record);
    if ("problem" in read) {
      throw new UsageError(read.problem, {
        where: `${placed.where}, column "${read.column}"`,
        remedy: `correct this record; docs/robustness.md describes the columns of ${SET_NAMES[id]}`,
      });
    }
    if ("question" in read) questions.push(read.question);
    else reasons[read.leftOut] = (reasons[read.leftOut] ?? 0) + 1;
  }
  if (questions.length === 0) {
    throw new UsageError(
      records.length === 0
        ? "there is no question in this set"
        : `none of the ${records.length} records is a question that is used: ${leftOutInWords(reasons)}`,
      { where: source, remedy: `give questions of ${SET_NAMES[id]}` },
    );
  }
  return { id, source, questions, leftOut: records.length - questions.length, reasons };
}

/** Counts by their reason, for people. */
export function leftOutInWords(reasons: QuestionSet["reasons"]): string {
  const counts = Object.entries(reasons).map(([why, n]) => `${n.toLocaleString("en-US")} with ${why}`);
  return counts.join(", ");
}

async function fetched(
  id: SetId,
  dataset: Parameters<SourcePorts["hub"]["list"]>[0],
  { hub }: SourcePorts,
): Promise<string[]> {
  const paths: string[] = [];
  for (const shard of chooseQuestionShards(id, dataset, await hub.list(dataset))) {
    paths.push(await hub.fetch(dataset, shard));
  }
  return paths;
}

/** At most `count` questions of a set, drawn evenly by the key, in the set's order. */
export function someQuestions(set: QuestionSet, count: number, key: Key): QuestionSet {
  if (set.questions.length <= count) return set;
  const drawn = rngOf(key)
    .shuffle(set.questions.map((_, i) => i))
    .slice(0, count);
  return { ...set, questions: drawn.sort((a, b) => a - b).map((i) => set.questions[i] as Question) };
}
