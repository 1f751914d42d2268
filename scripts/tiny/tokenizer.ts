/**
 * Trains the tiny checkpoint's tokenizer and writes models/tiny/{config,generation_config,tokenizer,tokenizer_config}.json:
 *
 *   node scripts/tiny/tokenizer.ts
 */
import { fold } from "../../src/core/random.ts";
import { trainBpe } from "./bpe.ts";
import { BPE_SIZE, FOLDER, WORD_PATTERN, writeDescription } from "./format.ts";
import { ROOT, recipeOf, SHORT_FIRST } from "./recipe.ts";

/** Documents that the vocabulary is made from; the training documents have a key of their own. */
const DOCUMENTS = 6000;

const recipe = recipeOf("train", fold(ROOT, "tokenizer"));
const texts: string[] = [];
for (let i = 0; i < DOCUMENTS; i++) {
  const { messages, answer } = await recipe(SHORT_FIRST + i);
  texts.push(...messages.map(({ content }) => content), answer);
}
writeDescription(trainBpe(texts, new RegExp(WORD_PATTERN, "gu"), BPE_SIZE), FOLDER);
