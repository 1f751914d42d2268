/**
 * Writes documents to train on, or to measure on, as tokens: a file for pretrain.py and, beside it, what it holds.
 *
 *   node scripts/tiny/documents.ts --half train --from 0 --to 80000 --out runs/tiny/train-0
 *
 * The file is a sequence of unsigned 16-bit numbers: of each document its kind, the number of its tokens, the place where
 * its answer begins, and its tokens. Which document a number stands for is decided by the recipe alone, so files of
 * other ranges may be made at the same time.
 */
import { once } from "node:events";
import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { fold } from "../../src/core/random.ts";
import { loadTokenizer } from "../../src/neural/tokenizer.ts";
import { encodeDocument } from "./encoding.ts";
import { FOLDER, instructionOf, LABELS } from "./format.ts";
import { DOCUMENT_KINDS, ROOT, recipeOf } from "./recipe.ts";

const { values } = parseArgs({
  options: {
    half: { type: "string", default: "train" },
    from: { type: "string", default: "0" },
    to: { type: "string" },
    out: { type: "string" },
  },
});
const { half, out } = values;
if ((half !== "train" && half !== "test") || values.to === undefined || out === undefined)
  throw new Error("say --half train or test, --to and --out");

const tokenizer = loadTokenizer(FOLDER);
const recipe = recipeOf(half, fold(ROOT, "training"));
mkdirSync(dirname(out), { recursive: true });
const file = createWriteStream(`${out}.bin`);
let tokens = 0;
for (let i = Number(values.from); i < Number(values.to); i++) {
  const document = await recipe(i);
  const { ids, answerAt } = encodeDocument(tokenizer, document);
  const record = Uint16Array.of(DOCUMENT_KINDS.indexOf(document.kind), ids.length, answerAt, ...ids);
  if (!file.write(new Uint8Array(record.buffer))) await once(file, "drain");
  tokens += ids.length;
}
file.end();
await once(file, "finish");

const tokenOf = (direction: "follow" | "avoid") => (principle: string) =>
  tokenizer.encode(instructionOf({ principle, direction }))[0] as number;
const principles = [...new Set(LABELS.map(({ principle }) => principle))];
const description = {
  half,
  from: Number(values.from),
  to: Number(values.to),
  tokens,
  kinds: DOCUMENT_KINDS,
  /** Tokens of the instructions to follow and to avoid each principle. */
  instructions: principles.map((name) => [tokenOf("follow")(name), tokenOf("avoid")(name)]),
};
writeFileSync(`${out}.json`, `${JSON.stringify(description)}\n`);
