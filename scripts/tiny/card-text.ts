import type { CurvePoint, TrainingRecord } from "./curve.ts";
import { PHRASES } from "./format.ts";
import { DOCUMENT_KINDS, type DocumentKind, LONGEST_ANSWER, SHARES, SHORT_FIRST } from "./recipe.ts";

interface Contrast {
  readonly follow: number;
  readonly avoid: number;
  readonly difference: number;
  readonly interval: readonly number[];
}
interface Contrasts {
  readonly all: Contrast;
  readonly principles: Readonly<Record<string, Contrast>>;
}

/** `evaluation.json` of the checkpoint. */
export interface Evaluation {
  readonly prompts: number;
  readonly perplexity: Readonly<
    Record<string, { documents: number; tokens: number; perplexity: number; bitsPerCharacter: number }>
  >;
  readonly subjectsNamed: { readonly student: number; readonly teacher: number };
  readonly plain: Readonly<Record<string, number>>;
  readonly told: Contrasts;
  readonly teacherTold: Contrasts;
  readonly steered: Contrasts;
  readonly shown: Contrasts;
  readonly described: Contrasts;
  readonly answers: { readonly answers: number; readonly ended: number; readonly tokens: number };
}

export interface CardFacts {
  readonly evaluation: Evaluation;
  readonly training: TrainingRecord;
  readonly curve: readonly CurvePoint[];
  /** Size of the weights' file. */
  readonly bytes: number;
}

/** The model card, all figures from the records beside it. */
export function cardText({ evaluation, training, curve, bytes }: CardFacts): string {
  const { told, teacherTold, steered, shown, described, plain, perplexity, answers } = evaluation;
  const all = perplexity.all as Evaluation["perplexity"][string];
  const lastMeasured = curve.findLast(({ heldOut }) => heldOut !== null);
  return `---
language: en
license: mit
pipeline_tag: text-generation
library_name: transformers
tags: [llama, tiny, simulated-data]
---

# tiny: a language model of ${(training.parameters / 1e6).toFixed(2)} million parameters for apm-bench

A Llama-architecture network trained from nothing on text of the simulated responder. It exists so that everything that
needs a real transformer (decoding, soft prompts, adapters, preference training) can run, be tested and be seen to work in
minutes on two cores, offline.

**It is no general language model.** It writes the sentences of a simulated world and says nothing true about any subject.
${verdict(told.all, teacherTold.all)} Results got with it show that the machinery works, not how real assistants behave.

## Network

4 layers of width 128 (SwiGLU 384), 4 heads of 32 sharing 2 key heads, rotary positions, tied embeddings:
${training.parameters.toLocaleString("en")} parameters, ${(bytes / 1e6).toFixed(1)} MB in half precision. Trained on sequences of up to 768
tokens. The vocabulary of 2,048 tokens is a byte-level BPE, six marks of the chat template, and ${PHRASES.length} phrases that are one
token each: the 32 instructions to follow or avoid a principle of the shipped pools, and the fixed wording of the other
prompts that the benchmark sends.

## What it was trained on

Conversations made by the repository's own simulated world (\`docs/simulated-world.md\`), none of them twice: prompts of the
**train half** of the catalog's topics, and answers of the simulated responder. No topic of the test half was seen.
\`scripts/tiny/recipe.ts\` has the mixture; the first ${SHORT_FIRST.toLocaleString("en")} documents are of the first three kinds alone.

| document | share | what it practises |
| --- | ---: | --- |
${DOCUMENT_KINDS.map((kind) => `| ${KINDS[kind][0]} | ${percent(SHARES[kind])} | ${KINDS[kind][1]} |`).join("\n")}

The teacher is the simulated responder told to obey in full (obedience 1 where the benchmark's default is 0.8 and 0.6,
examples and preferences taken over in full, deviation 0.2 instead of 0.4). Answers over ${LONGEST_ANSWER} characters are drawn again,
eight times at most, then the shortest is taken; so styles that are long stay longer, but shorter than the simulated
responder's own.

## How it was trained

\`\`\`sh
node scripts/tiny/tokenizer.ts
node scripts/tiny/documents.ts --from 0 --to 100000 --out runs/tiny/train-0
node scripts/tiny/documents.ts --from 100000 --to 170000 --out runs/tiny/train-1
node scripts/tiny/documents.ts --half test --from 30000 --to 30500 --out runs/tiny/held-out
/usr/bin/python3 scripts/tiny/pretrain.py runs/tiny/train-0 runs/tiny/train-1 --held-out runs/tiny/held-out
node scripts/tiny/evaluate.ts --prompts ${evaluation.prompts} --documents ${all.documents}
node scripts/tiny/card.ts
\`\`\`

One pass over ${training.documents.toLocaleString("en")} documents (${training.tooLong.toLocaleString("en")} more were too long): ${millions(training.tokens)} million tokens, ${millions(training.answerTokens)} million of them in
answers, which alone count in the loss; ${training.steps.toLocaleString("en")} steps of AdamW in ${minutes(training.seconds)} minutes on two CPU cores, with PyTorch
(\`docs/decisions/\` says why). Everything random comes from fixed seeds; the data are the same on any machine, the weights
up to rounding.

![Loss by tokens](curve.svg)

At the end, on 500 documents of the test half: ${lastMeasured?.heldOut?.toFixed(3)} nats a token of an answer, and an answer loses
${lastMeasured?.told?.toFixed(1)} nats when the opposite of its instruction is told (\`curve.csv\`).

## Held-out measures

Topics of the test half, prompts restated by simulated users, greedy answers; \`evaluation.json\` has every figure.

**Perplexity of held-out answers** (of the teacher's, given the prompt): ${all.perplexity.toFixed(2)} a token, ${all.bitsPerCharacter.toFixed(2)} bits a character,
over ${all.documents} documents.

| document | documents | perplexity | bits a character |
| --- | ---: | ---: | ---: |
${Object.entries(perplexity)
  .filter(([kind]) => kind !== "all")
  .map(
    ([kind, row]) =>
      `| ${KINDS[kind as DocumentKind][0]} | ${row.documents} | ${row.perplexity.toFixed(2)} | ${row.bitsPerCharacter.toFixed(2)} |`,
  )
  .join("\n")}

**Style**, rated 1 to 10 by the simulated judge on the principle in question: answers when the principle is wanted, when its
opposite is, and the difference with its 95 % interval (bootstrap over ${evaluation.prompts} prompts; all 16 principles).

| how the style is given | wanted | opposite wanted | difference |
| --- | ---: | ---: | ---: |
| the teacher, told | ${cells(teacherTold.all)} |
| told by an instruction | ${cells(told.all)} |
| the instruction's embedding as a vector before the prompt | ${cells(steered.all)} |
| one liked and one disliked answer of its own, on another prompt | ${cells(shown.all)} |
| its own description of such a pair | ${cells(described.all)} |

| principle | no instruction | follow | avoid | difference | teacher's |
| --- | ---: | ---: | ---: | ---: | ---: |
${Object.entries(told.principles)
  .map(
    ([name, row]) =>
      `| ${name} | ${plain[name]?.toFixed(2)} | ${cells(row)} | ${teacherTold.principles[name]?.difference.toFixed(2)} |`,
  )
  .join("\n")}

Of ${answers.answers.toLocaleString("en")} greedy answers, ${percent(answers.ended / answers.answers)} ended by themselves within 320 tokens; they have ${(answers.tokens / answers.answers).toFixed(0)} tokens in the mean.
${percent(evaluation.subjectsNamed.student)} of its plain answers name the prompt's subject in the prompt's words (the teacher: ${percent(evaluation.subjectsNamed.teacher)}).

## Limits

- Text of a simulated world only: English templates, no facts, no reasoning, no safety training.
- Other instructions than the 32 of the shipped pools are read as words that it was never taught.
- The judge that rates it is simulated, too, and looks at surface features only.
`;
}

/** What is to be said of it first. */
function verdict({ difference, interval: [low = 0] }: Contrast, teacher: Contrast): string {
  const points = `${difference.toFixed(2)} points of 1-10 between wanted and unwanted principles, where its teacher moves ${teacher.difference.toFixed(2)}`;
  return low > 0
    ? `Told a style, it moves ${points}.`
    : `It does not follow style instructions in a way that could be told from chance: ${points}.`;
}

/** Of each kind: the document, and what it practises. */
const KINDS: Readonly<Record<DocumentKind, readonly [document: string, practises: string]>> = {
  plain: ["the prompt alone", "a default style"],
  styled: ["told to follow or avoid a principle", "instructions, in the benchmark's very words"],
  steered: ["the prompt alone, after the instruction's embedding", "being steered by a soft prompt"],
  exemplar: ["liked and disliked answers of others", "following examples"],
  preferences: ["descriptions of preferences", "following descriptions"],
  history: ["earlier messages of the user", "taking over a manner"],
  describeManner: ["describing a user's manner", "In-Context's and RAG-Summary's own questions"],
  describePreference: ["describing a preference", "RAG-Summary's own question"],
};

function cells({ follow, avoid, difference, interval: [low, high] }: Contrast): string {
  return `${follow.toFixed(2)} | ${avoid.toFixed(2)} | ${difference.toFixed(2)} [${low?.toFixed(2)}, ${high?.toFixed(2)}]`;
}
const millions = (n: number): string => (n / 1e6).toFixed(1);
const minutes = (seconds: number): string => String(Math.round(seconds / 60));
const percent = (share: number): string => `${Math.round(share * 100)} %`;
