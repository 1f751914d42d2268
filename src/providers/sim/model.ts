import { UsageError } from "../../core/errors.ts";
import { canonicalJson } from "../../core/hash.ts";
import type {
  ChatMessage,
  FinishReason,
  GenerateRequest,
  GenerateResult,
  LanguageModel,
  TokenLogprob,
} from "../../core/ports/language-model.ts";
import { prompts } from "../../core/prompt/prompts.ts";
import { matchPrompt, matchTemplate, type Prompt } from "../../core/prompt/template.ts";
import { fold, type Key, rootKey } from "../../core/random.ts";
import { criterionTrait } from "./criterion.ts";
import { FEATURE_COUNT } from "./features.ts";
import { guessPreferences } from "./guess.ts";
import { createSimJudge, type SimJudge } from "./judge.ts";
import { errorsOf, isSimJudge, SIM_JUDGES, strengthsOf } from "./judges.ts";
import { answerQuestion } from "./questions/answer.ts";
import { readQuestion } from "./questions/question.ts";
import { respond } from "./respond.ts";
import {
  type Wish,
  wishFromExamples,
  wishFromHistory,
  wishFromKnown,
  wishFromPeople,
  wishFromPreferences,
  wishFromWords,
  wishToAvoid,
  wishToFollow,
} from "./respond-style.ts";
import { rewrite } from "./rewrite.ts";
import { type Strengths, strengthsFrom } from "./strengths.ts";
import { guessTaste, summariseManner, summarisePreference } from "./summarise.ts";

/** Changes whenever the same request would be answered differently: part of every content key. */
const VERSION = 2;
/** Characters a token, for the counts and the limit. */
const TOKEN_CHARACTERS = 4;

const ROOT = rootKey("apm-bench/sim");

/**
 * The simulated models that write, by name, with what their texts are drawn from: `other` is as able as `default` and has
 * words of its own, for a candidate LLM that is not the base LLM.
 */
export const SIM_MODELS = { default: ROOT, other: fold(ROOT, "other") } as const;
type SimModelName = keyof typeof SIM_MODELS;
const isSimModel = (name: string): name is SimModelName => Object.hasOwn(SIM_MODELS, name);

interface Reply {
  readonly text: string;
  readonly finishReason?: FinishReason;
  readonly logprobs?: readonly TokenLogprob[];
}

/**
 * The embedded stand-in for an LLM: rewriter, responder, summariser and judge of a simulated world, told apart by the
 * prompt that it is sent. It sees the messages, the sample number and the limits, nothing else, and draws all its
 * randomness from them: the same request gets the same answer anywhere. How it works: docs/simulated-world.md.
 * @param model one of `SIM_MODELS`, or of `SIM_JUDGES`, which differ as judge alone
 * @param options strengths to change, by name
 * @throws UsageError for an unknown name or strength; `generate` for a trait that it does not know
 */
export function createSimModel({
  model = "default",
  options,
}: {
  readonly model?: string;
  readonly options?: unknown;
} = {}): LanguageModel {
  if (!isSimJudge(model) && !isSimModel(model)) {
    throw new UsageError(`there is no simulated model "${model}"`, {
      where: `sim:${model}`,
      remedy: `write one of: ${Object.keys({ ...SIM_MODELS, ...SIM_JUDGES })
        .map((name) => `sim:${name}`)
        .join(", ")}`,
    });
  }
  const judging = isSimJudge(model) ? model : "default";
  const root = SIM_MODELS[isSimModel(model) ? model : "default"];
  const strengths = strengthsFrom(options, strengthsOf(judging));
  const judge = createSimJudge(errorsOf(ROOT, judging), strengths);
  return {
    id: `sim:${model}`,
    identity: `sim:${model}@${VERSION} ${canonicalJson(strengths)}`,
    simulated: true,
    generate: async (request) => asResult(request, replyTo(request, strengths, judge, root)),
  };
}

function replyTo(request: GenerateRequest, strengths: Strengths, judge: SimJudge, root: Key): Reply {
  const { messages, sample } = request;
  const judged =
    asked(prompts.judge, messages) ??
    asked(prompts.judgeTextFirst, messages) ??
    asked(prompts.judgeWithPrompt, messages) ??
    asked(prompts.judgeWithPromptTextFirst, messages) ??
    asked(prompts.judgeCriterion, messages);
  if (judged !== null) {
    const { text, principle = criterionTrait(judged.criterion!), max } = judged;
    const draw = { text: text!, principle, max: Number(max), sample };
    return judge(request.topLogprobs === undefined ? draw : { ...draw, topLogprobs: request.topLogprobs });
  }
  const key = keyOf(root, messages, sample);
  const restated = asked(prompts.rewrite, messages);
  if (restated !== null) {
    const { text, cut } = rewrite(restated.traits! + restated.voice!, restated.prompt!, strengths, key);
    return cut ? { text, finishReason: "length" } : { text };
  }
  const manner = asked(prompts.summariseManner, messages) ?? asked(prompts.summarisePerson, messages);
  if (manner !== null) return { text: summariseManner(manner.history!, strengths, key) };
  const pair =
    asked(prompts.summarisePreference, messages) ?? asked(prompts.summarisePreferenceWithPrompt, messages);
  if (pair !== null) return { text: summarisePreference(pair.liked!, pair.disliked!, strengths, key) };
  const liked = asked(prompts.guessTaste, messages);
  if (liked !== null) return { text: guessTaste(liked.history!, strengths, key) };
  const guessed = asked(prompts.guessMapping, messages);
  if (guessed !== null) return { text: guessPreferences(guessed.person!, guessed.properties!) };
  const question = messages.findLast((message) => message.role === "user")?.content ?? "";
  const wish = wishIn(messages, strengths);
  const choice = readQuestion(question);
  if (choice !== null) return { text: answerQuestion(choice, wish, strengths, key) };
  return { text: respond(question, wish, strengths, key) };
}

/** The slots of a prompt that the messages were made from; most prompts are ruled out by how the first message begins. */
function asked(prompt: Prompt, messages: readonly ChatMessage[]): Record<string, string> | null {
  const opening = prompt.messages[0]?.content.literals[0] as string;
  if (messages[0]?.content.startsWith(opening) !== true) return null;
  return matchPrompt(prompt, messages);
}

/** What the system message asks for as to style. */
function wishIn(messages: readonly ChatMessage[], strengths: Strengths): Wish {
  const system = messages.find((message) => message.role === "system")?.content;
  if (system === undefined) return new Float64Array(FEATURE_COUNT);
  const { follow, avoid } = prompts.respond.parts;
  const followed = matchTemplate(follow!, system);
  if (followed !== null) return wishToFollow(followed.principle!, strengths);
  const avoided = matchTemplate(avoid!, system);
  if (avoided !== null) return wishToAvoid(avoided.principle!, strengths);
  const shunned = asked(prompts.respondAvoid, messages);
  if (shunned !== null) return wishToAvoid(shunned.principle!, strengths);
  const shown = asked(prompts.ragExemplar, messages);
  if (shown !== null) return wishFromExamples(shown.examples!, strengths);
  const described = asked(prompts.ragSummary, messages);
  if (described !== null) return wishFromPreferences(described.preferences!, strengths);
  const known = asked(prompts.inContext, messages);
  if (known !== null) return wishFromHistory(known.history!, strengths);
  const people = asked(prompts.manyShot, messages);
  if (people !== null) return wishFromPeople(people.people!, people.history!, strengths);
  const taste = asked(prompts.answerForTaste, messages);
  if (taste !== null) return wishFromPreferences(taste.taste!, strengths);
  const told = asked(prompts.withAttribute, messages);
  if (told !== null) return wishFromKnown(told.known!, strengths);
  return wishFromWords(system, strengths);
}

function keyOf(root: Key, messages: readonly ChatMessage[], sample: number): Key {
  let key = fold(root, sample);
  for (const { role, content } of messages) key = fold(fold(key, role), content);
  return key;
}

function asResult({ messages, maxTokens }: GenerateRequest, reply: Reply): GenerateResult {
  let { text, finishReason = "stop" } = reply;
  let logprobs = reply.logprobs;
  if (maxTokens !== undefined && text.length > maxTokens * TOKEN_CHARACTERS) {
    text = text.slice(0, maxTokens * TOKEN_CHARACTERS);
    logprobs = logprobs?.slice(0, maxTokens);
    finishReason = "length";
  }
  let input = 0;
  for (const { content } of messages) input += content.length;
  const usage = {
    inputTokens: Math.ceil(input / TOKEN_CHARACTERS),
    outputTokens: Math.ceil(text.length / TOKEN_CHARACTERS),
  };
  return logprobs === undefined ? { text, finishReason, usage } : { text, finishReason, usage, logprobs };
}
