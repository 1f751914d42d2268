import type { StyleLabel, TestUser } from "../../core/artifacts.ts";
import { mapConcurrent } from "../../core/concurrency.ts";
import { generateText } from "../../core/generate-text.ts";
import { plainMessages, styledMessages } from "../../core/prompt/prompts.ts";
import { type MethodCalls, type RunSizes, STYLED_TEST_USERS } from "../calls.ts";
import { embedRequests } from "../histories.ts";
import type { MethodContext } from "../method.ts";
import { areEmbedded, type FeatureKind } from "../routing/features.ts";
import type { Descriptions } from "./descriptions.ts";

/** What the best answer is chosen from: n plain draws, an answer in every style, or both. */
export const POOL_KINDS = ["styles", "samples", "both"] as const;
export type PoolKind = (typeof POOL_KINDS)[number];

export interface PoolOptions {
  readonly pool: PoolKind;
  readonly n: number;
  readonly features: FeatureKind;
}

interface PooledAnswer {
  readonly text: string;
  readonly label?: StyleLabel;
}

/** Answers to one prompt with their numbers, answers x answerSize. */
interface Pool {
  readonly answers: readonly PooledAnswer[];
  readonly numbers: Float64Array;
}

const STYLES = "answers in every style";
const drawsName = (n: number): string => `${n} plain draws`;
const nameOf = ({ pool, n }: PoolOptions): string =>
  [...(pool === "samples" ? [] : [STYLES]), ...(pool === "styles" ? [] : [drawsName(n)])].join(" and ");

/** No world changes an answer: each is asked for and described once a run, whatever is then chosen. */
export function poolOf(
  user: TestUser,
  options: PoolOptions,
  descriptions: Descriptions,
  context: MethodContext,
): Promise<Pool> {
  const { pool, n, features } = options;
  const once = <T>(name: string, compute: () => Promise<T>): Promise<T> => {
    const known = context.memo(name, () => new Map<string, Promise<T>>());
    const key = JSON.stringify([user.id, user.prompt]);
    const value = known.get(key) ?? compute();
    known.set(key, value);
    return value;
  };
  return once(`${nameOf(options)}, described: ${features}`, async () => {
    const styled = pool === "samples" ? [] : await once(STYLES, () => styledAnswers(user, context));
    const drawn = pool === "styles" ? [] : await once(drawsName(n), () => plainDraws(user, n, context));
    const answers = [...styled, ...drawn];
    return { answers, numbers: await descriptions.answers(answers.map(({ text }) => text)) };
  });
}

async function styledAnswers({ prompt }: TestUser, { base, labels, concurrency }: MethodContext) {
  const answers = await mapConcurrent(labels, concurrency, async (label): Promise<PooledAnswer[]> => {
    const text = await generateText(base, styledMessages(label, prompt));
    return text === null ? [] : [{ text, label }];
  });
  return answers.flat();
}

/** Draw 0 is the answer that the baseline gives. */
async function plainDraws({ prompt }: TestUser, n: number, { base, concurrency }: MethodContext) {
  const samples = Array.from({ length: n }, (_, sample) => sample);
  const answers = await mapConcurrent(samples, concurrency, async (sample): Promise<PooledAnswer[]> => {
    const text = await generateText(base, plainMessages(prompt), sample);
    return text === null ? [] : [{ text }];
  });
  return answers.flat();
}

/** What the pools of all test users ask. */
export function poolCalls({ test, styles, unrated }: RunSizes, options: PoolOptions): MethodCalls[] {
  const { pool, n, features } = options;
  const base = { role: "base" } as const;
  const styled = { ...base, prompt: "respond", sameAs: STYLED_TEST_USERS, memo: STYLES } as const;
  const size = (pool === "samples" ? 0 : styles) + (pool === "styles" ? 0 : n);
  const requests = test * embedRequests(size);
  return [
    ...(pool === "samples" ? [] : [{ ...styled, asks: test * styles, calls: unrated * styles }]),
    ...(pool === "styles" ? [] : [...Array(n).keys()]).map((sample) => ({
      ...{ ...base, prompt: "plain" as const, memo: `${drawsName(n)}, ${sample}` },
      ...{ asks: test, calls: sample === 0 ? 0 : test, sameAs: `plain draw ${sample}` },
    })),
    ...(areEmbedded(features)
      ? [{ role: "embedder" as const, asks: requests, calls: requests, memo: nameOf(options) }]
      : []),
  ];
}
