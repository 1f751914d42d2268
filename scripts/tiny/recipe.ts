import type { Half } from "../../src/catalog/topics.ts";
import type { StyleLabel } from "../../src/core/artifacts.ts";
import type { ChatMessage } from "../../src/core/ports/language-model.ts";
import {
  fencedMessages,
  fenceOf,
  plainMessages,
  prompts,
  styledMessages,
} from "../../src/core/prompt/prompts.ts";
import { renderPart, renderPrompt } from "../../src/core/prompt/template.ts";
import { fold, type Key, type Rng, rngOf, rootKey } from "../../src/core/random.ts";
import { createSimModel } from "../../src/providers/sim/model.ts";
import { instructionOf, LABELS } from "./format.ts";
import { peopleOf } from "./people.ts";

/** The seed of everything: conversations, users, documents, initial weights. */
export const ROOT = rootKey("apm-bench/tiny");

/** What a training document practises. */
export type DocumentKind = keyof typeof SHARES;

/** A conversation that ends in the assistant's answer. */
export interface TinyDocument {
  readonly kind: DocumentKind;
  readonly messages: readonly ChatMessage[];
  readonly answer: string;
  /** An instruction whose embedding stands before the conversation, as a soft prompt does; only in `steered`. */
  readonly steer?: string;
}

/** Of each kind among documents. More than half give a style to answer in: all else leans on what is learned there. */
export const SHARES = {
  plain: 0.12,
  styled: 0.36,
  steered: 0.16,
  exemplar: 0.13,
  preferences: 0.08,
  history: 0.04,
  describeManner: 0.03,
  describePreference: 0.08,
} as const;
export const DOCUMENT_KINDS = Object.keys(SHARES) as DocumentKind[];
const SHORT_KINDS: readonly DocumentKind[] = ["plain", "styled", "steered"];
/** So many documents at first are short: an instruction is found sooner when little else stands before the answer. */
export const SHORT_FIRST = 30_000;
/** Share of prompts that stand as the catalog has them; all others are a user's restatement. */
const PLAIN_PROMPTS = 0.25;
/** Answers of more characters are drawn anew, up to `TRIES` times; then the shortest is taken. */
export const LONGEST_ANSWER = 340;
/** How often one example is shown to learn from; else two. */
const SINGLE_EXAMPLE = 0.8;

/**
 * The teacher obeys in full and strays little, so that the lesson is clear: a student of this size keeps part of it.
 * `mirror` stays as it is: taking over a user's manner is a habit of the simulated responder, not an instruction.
 */
export const TEACHER = {
  obedience: 1,
  avoidObedience: 1,
  exemplarPull: 1,
  preferencePull: 1,
  deviation: 0.2,
};
const TRIES = 8;

/** An endless sequence of documents by number; a pure function of half, key and number. */
export type Recipe = (index: number) => Promise<TinyDocument>;

/** @param half topics the documents are about: `test` for held-out measures, never for training */
export function recipeOf(half: Half, key: Key): Recipe {
  const teacher = createSimModel({ options: TEACHER });
  const people = peopleOf(half, createSimModel(), key, PLAIN_PROMPTS);

  const answer = async (messages: readonly ChatMessage[]): Promise<string> => {
    let best = "";
    for (let sample = 0; sample < TRIES; sample++) {
      const { text } = await teacher.generate({ messages, sample });
      if (best === "" || text.length < best.length) best = text;
      if (best.length <= LONGEST_ANSWER) break;
    }
    return best.trim();
  };
  const answerIn = (label: StyleLabel, prompt: string) => answer(styledMessages(label, prompt));

  const makers: Record<DocumentKind, (rng: Rng, userKey: Key) => Promise<Omit<TinyDocument, "kind">>> = {
    async plain(_rng, user) {
      const [prompt] = await people.prompts(user, 1);
      const messages = plainMessages(prompt!);
      return { messages, answer: await answer(messages) };
    },
    async styled(rng, user) {
      const [prompt] = await people.prompts(user, 1);
      const messages = styledMessages(rng.pick(LABELS), prompt!);
      return { messages, answer: await answer(messages) };
    },
    async steered(rng, user) {
      const label = rng.pick(LABELS);
      const [prompt] = await people.prompts(user, 1);
      const answered = await answerIn(label, prompt!);
      return { messages: plainMessages(prompt!), answer: answered, steer: instructionOf(label) };
    },
    async exemplar(rng, user) {
      let taste = tasteOf(rng);
      let examples = "";
      const count = rng.uniform() < SINGLE_EXAMPLE ? 1 : 2;
      for (let i = 0; i < count; i++) {
        if (rng.uniform() < STRANGER_RATE) taste = tasteOf(rng);
        const [question] = await people.prompts(fold(user, i), 1);
        const liked = await answerIn(taste.liked, question!);
        const disliked = await answerIn(taste.disliked, question!);
        const fence = fenceOf(question!, liked, disliked);
        examples += renderPart(prompts.ragExemplar, "example", {
          question: question!,
          liked,
          disliked,
          fence,
        });
      }
      const [prompt] = await people.prompts(user, 1);
      const messages = renderPrompt(prompts.ragExemplar, { examples, prompt: prompt! });
      return { messages, answer: await answer(messages) };
    },
    async preferences(rng, user) {
      let taste = tasteOf(rng);
      let preferences = "";
      const count = 1 + rng.int(3);
      for (let i = 0; i < count; i++) {
        if (rng.uniform() < STRANGER_RATE) taste = tasteOf(rng);
        const described = await teacher.generate({
          messages: await pairMessages(taste, fold(user, i)),
          sample: 0,
        });
        preferences += renderPart(prompts.ragSummary, "preference", { preference: described.text });
      }
      const [prompt] = await people.prompts(user, 1);
      const messages = renderPrompt(prompts.ragSummary, { preferences, prompt: prompt! });
      return { messages, answer: await answer(messages) };
    },
    async history(_rng, user) {
      const [prompt, ...earlier] = await people.prompts(user, 3);
      const history = fencedMessages(prompts.inContext, earlier);
      const messages = renderPrompt(prompts.inContext, { history, prompt: prompt! });
      return { messages, answer: await answer(messages) };
    },
    async describeManner(_rng, user) {
      const history = fencedMessages(prompts.summariseManner, await people.prompts(user, 2));
      const messages = renderPrompt(prompts.summariseManner, { history });
      return { messages, answer: (await teacher.generate({ messages, sample: 0 })).text };
    },
    async describePreference(rng, user) {
      const messages = await pairMessages(tasteOf(rng), user);
      return { messages, answer: (await teacher.generate({ messages, sample: 0 })).text };
    },
  };

  const pairMessages = async ({ liked, disliked }: Taste, user: Key): Promise<ChatMessage[]> => {
    const [question] = await people.prompts(user, 1);
    const pair = { liked: await answerIn(liked, question!), disliked: await answerIn(disliked, question!) };
    return renderPrompt(prompts.summarisePreference, { ...pair, fence: fenceOf(pair.liked, pair.disliked) });
  };

  return async (index) => {
    const documentKey = fold(fold(key, "document"), index);
    const rng = rngOf(documentKey);
    const kinds = index < SHORT_FIRST ? SHORT_KINDS : DOCUMENT_KINDS;
    const kind = kindAt(rng.uniform(), kinds);
    return { kind, ...(await makers[kind](rng, fold(documentKey, "user"))) };
  };
}

/** The styles of an answer that somebody likes and of one that they dislike. */
interface Taste {
  readonly liked: StyleLabel;
  readonly disliked: StyleLabel;
}

/** How often a neighbour's taste is another than the one before: neighbours are found by likeness, not by taste. */
const STRANGER_RATE = 0.2;
/** How often the worst answer is the opposite of the best; else any other. */
const OPPOSITE_RATE = 0.6;

function tasteOf(rng: Rng): Taste {
  const liked = rng.pick(LABELS);
  const opposite: StyleLabel = {
    principle: liked.principle,
    direction: liked.direction === "follow" ? "avoid" : "follow",
  };
  return { liked, disliked: rng.uniform() < OPPOSITE_RATE ? opposite : rng.pick(LABELS) };
}

/** One of some kinds, by their shares. */
function kindAt(uniform: number, kinds: readonly DocumentKind[]): DocumentKind {
  let left = uniform * kinds.reduce((sum, kind) => sum + SHARES[kind], 0);
  for (const kind of kinds) {
    left -= SHARES[kind];
    if (left < 0) return kind;
  }
  return "styled";
}
