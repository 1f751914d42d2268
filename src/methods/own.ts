import type { TestUser, TrainUser } from "../core/artifacts.ts";
import { ApmError } from "../core/errors.ts";
import { contentKey, fingerprint } from "../core/hash.ts";
import type { AnswerKind, MethodCalls, RunSizes } from "./calls.ts";
import type { Answer, FittedMethod, Method, MethodContext } from "./method.ts";

/** What a method of the user's own says of itself; all but id and version may be left out. */
interface OwnMethodFacts {
  /** Its name in configurations: lower-case letters, digits and dashes, and none of the package's ids. */
  readonly id: string;
  /**
   * Any text. Answers are stored under it: give a new one whenever the method would answer otherwise, and the stored
   * answers of the old one are left aside.
   */
  readonly version: string;
  /** Shown in tables; the id when absent. */
  readonly title?: string;
  /** One sentence on what it does. */
  readonly summary?: string;
  /** `floor`: a check that knows nothing of the user, which stands outside the family of tests. */
  readonly role?: "method" | "floor";
  /** Whether its answers depend on the user's history (the default): the audit withholds it. */
  readonly readsHistory?: boolean;
  /** Of a method that reads no history: what decides its answers instead. */
  readonly instead?: string;
  /** `#rrggbb`, readable on white and on dark; a spare one when absent. */
  readonly colour?: string;
  /** What its answers are, world by world; `anew` when absent. */
  readonly answers?: Exclude<AnswerKind, "plain" | "ranked">;
  /** What it asks, for the estimate; one question to the base LLM an answer when absent. */
  calls?(sizes: RunSizes): readonly MethodCalls[];
}

/** A method that learns from train users before it answers. */
export interface LearningMethod extends OwnMethodFacts {
  readonly fit: Method["fit"];
}

/** A method that learns nothing. */
export interface AnsweringMethod extends OwnMethodFacts {
  answer(user: TestUser, context: MethodContext): Promise<Answer>;
}

/** A method that a configuration file or a program defines. */
export type OwnMethod = LearningMethod | AnsweringMethod;

/**
 * A method of one's own, for `methods` of a configuration. It is fitted and asked as those of the package are: with the
 * same users and the same context, its model calls stored.
 * @returns the same object
 */
export function defineMethod<const M extends OwnMethod>(method: M): M {
  return method;
}

/** What it asks where it does not say so. */
export function usualCalls({ test, worlds }: RunSizes, answers: AnswerKind): MethodCalls[] {
  const asks = test * worlds;
  return [{ role: "base", asks, calls: answers === "same" ? test : asks }];
}

/**
 * The method as a run uses it: answers are stored under its version and everything that it is shown, so that a run that goes
 * on asks it nothing twice, and does not fit it when every answer is there.
 */
export function ownImplementation(own: OwnMethod): Method {
  return {
    kind: "method",
    async fit(train, validation, context) {
      const within: MethodContext = {
        ...context,
        memo: (name, compute) => context.memo(`own ${own.id} ${name}`, compute),
      };
      const fitted = once(() => guarded(own, () => fittedOf(own, train, validation, within)));
      const seen = "fit" in own ? learnersName(train, validation) : "";
      const world = JSON.stringify([
        "own-method@1",
        own.id,
        own.version,
        context.base.identity,
        context.embedder.identity,
        context.labels,
        context.key,
        seen,
      ]);
      return {
        async answer(user) {
          const key = contentKey(`${world} ${JSON.stringify([user.id, user.history, user.prompt])}`);
          const stored = context.artifacts.getArtifact("own-answer", key);
          if (stored !== undefined) return JSON.parse(new TextDecoder().decode(stored)) as Answer;
          const answer = await guarded(own, async () => checked(own, await (await fitted()).answer(user)));
          if (answer.text !== null) {
            context.artifacts.putArtifact(
              "own-answer",
              key,
              new TextEncoder().encode(JSON.stringify(answer)),
            );
          }
          return answer;
        },
      };
    },
  };
}

async function fittedOf(
  own: OwnMethod,
  train: readonly TrainUser[],
  validation: readonly TrainUser[],
  context: MethodContext,
): Promise<FittedMethod> {
  return "fit" in own ? own.fit(train, validation, context) : { answer: (user) => own.answer(user, context) };
}

/** An answer as stores and judges can take it. @throws ApmError for something else */
function checked(own: OwnMethod, answer: unknown): Answer {
  const { text, label, predicted } = (answer ?? {}) as Partial<Answer>;
  if (text === null) return { text };
  if (typeof text !== "string") {
    throw new ApmError(`it answered with something that has no text`, {
      where: `the method "${own.id}"`,
      remedy: "return { text: string }, or { text: null } where there is no answer",
    });
  }
  const shown = text.toWellFormed().trim();
  return {
    text: shown === "" ? null : shown,
    ...(label === undefined ? {} : { label }),
    ...(predicted === undefined ? {} : { predicted }),
  };
}

/** Errors of the user's own code say whose they are. */
async function guarded<T>(own: OwnMethod, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof ApmError) throw error;
    throw new ApmError(`the method "${own.id}" failed: ${(error as Error)?.message ?? String(error)}`, {
      where: (error as Error)?.stack?.split("\n")[1]?.trim() ?? `the method "${own.id}"`,
      remedy: "correct the method where it is defined; completed calls and answers are stored",
      cause: error,
    });
  }
}

function learnersName(train: readonly TrainUser[], validation: readonly TrainUser[]): string {
  return fingerprint(`${train.length} ${JSON.stringify([train, validation])}`, 32);
}

function once<T>(task: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= task());
}
