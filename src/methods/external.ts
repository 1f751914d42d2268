import { z } from "zod";
import type { TestUser, TrainUser } from "../core/artifacts.ts";
import { serverKeys, webAddress } from "../core/config/model-schema.ts";
import { ApmError, ProviderError } from "../core/errors.ts";
import { contentKey, fingerprint } from "../core/hash.ts";
import type { HttpClient, HttpOptions } from "../core/ports/http.ts";
import { describeMethod, type Method, type MethodContext } from "./method.ts";

const externalOptions = z.strictObject({
  url: webAddress.describe("answers `{user, history, prompt}` with `{response}`"),
  fit: z.boolean().default(false).describe("post the train users first, in every world"),
  fitUrl: webAddress
    .optional()
    .meta({ description: "takes the train users", unset: "`url` with `/fit` behind its path" }),
  ...serverKeys,
  timeoutSeconds: z.number().positive().default(120).describe("how long an answer may take"),
  fitTimeoutSeconds: z.number().positive().default(3_600).describe("how long fitting may take"),
  concurrency: z.int().min(1).default(8).describe("requests in flight"),
  version: z.string().optional().meta({
    description: "any text; a new one has stored answers of an earlier version asked again",
    unset: "none",
  }),
});

type ExternalOptions = z.output<typeof externalOptions>;

/** Beyond this an answer is no chat message, and no judge would read it. */
const LONGEST_ANSWER = 100_000;
const answerSchema = z.object({ response: z.string().max(LONGEST_ANSWER).nullable() });

const ADVICE =
  'the server must answer POST {"user", "history", "prompt"} with {"response": "..."}; see docs/external-systems.md';

/**
 * Any personalization system behind HTTP, as a black box: it sees what every method sees and no more. Answers are
 * stored, so that a second run asks nothing, and does not fit when every answer is there. A server that never gave a
 * usable answer ends the run; afterwards an answer that it fails to give is missing.
 */
export const external = describeMethod({
  id: "external",
  title: "external",
  summary: "your own system behind an HTTP address, as a black box",
  version: "1",
  role: "method",
  readsHistory: true,
  colour: "#993ab1",
  learns: ({ fit }) => fit,
  answers: ({ fit }) => (fit ? "anew" : "same"),
  options: externalOptions,
  // An answer that is stored, as that of an earlier world may be, makes no request.
  calls: ({ test, worlds }, { fit }) => {
    const requests = fit ? (test + 1) * worlds : test;
    return [{ role: "external", asks: requests, calls: requests }];
  },
  create: blackBox,
});

function blackBox(options: ExternalOptions): Method {
  const { url, version = "" } = options;
  let hasAnswered = false;
  const limits = { ...options, timeoutMs: options.timeoutSeconds * 1_000 };
  return {
    kind: "method",
    outside: { server: url, probe: ({ http }, user) => probe(options, limits, http, user) },
    async fit(train, validation, context) {
      const { http, artifacts, note } = context;
      const world = options.fit ? worldName(train, validation) : "";
      const sendUsers = once(() => postUsers(options, world, train, validation, context));
      let isNoted = false;
      return {
        async answer({ id, history, prompt }) {
          const body = JSON.stringify({ user: id, history, prompt });
          const key = contentKey(JSON.stringify(["external@1", url, version, world, body]));
          const stored = artifacts.getArtifact("external", key);
          if (stored !== undefined) {
            hasAnswered = true;
            return { text: JSON.parse(new TextDecoder().decode(stored)) as string | null };
          }
          if (options.fit) await sendUsers();
          try {
            const text = textOf(url, await http.postJson(url, [body], limits));
            hasAnswered = true;
            artifacts.putArtifact("external", key, new TextEncoder().encode(JSON.stringify(text)));
            return { text };
          } catch (error) {
            if (!hasAnswered || !isOneAnswer(error)) throw explained(error);
            if (!isNoted) note(`${url} gave no answer for ${id}, which counts as missing: ${error.message}`);
            isNoted = true;
            return { text: null };
          }
        },
      };
    },
  };
}

/** One answer to an example, which is not kept. A system that wants to be fitted first need only be there. */
async function probe(
  { url, fit }: ExternalOptions,
  limits: HttpOptions,
  http: HttpClient,
  { id, history, prompt }: TestUser,
): Promise<string> {
  try {
    const text = textOf(
      url,
      await http.postJson(url, [JSON.stringify({ user: id, history, prompt })], limits),
    );
    return text === null ? "answers, with nothing to this example" : `answers (${text.slice(0, 40)})`;
  } catch (error) {
    if (fit && error instanceof ProviderError && error.status !== undefined) {
      return `is there (HTTP ${error.status} before it is fitted)`;
    }
    throw explained(error);
  }
}

/** The answer's text, made safe to store and send on; `null` when the system has none. */
function textOf(url: string, answer: unknown): string | null {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) {
    throw new ProviderError(`the answer has another form: ${parsed.error.issues[0]?.message}`, {
      failure: "request",
      where: `POST ${url}`,
    });
  }
  const text = parsed.data.response?.toWellFormed().trim();
  return text === undefined || text === "" ? null : text;
}

/** Whether only this answer is lost: the server works, and cannot serve this request. */
function isOneAnswer(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.failure === "request";
}

function explained(error: unknown): unknown {
  if (!(error instanceof ProviderError)) return error;
  return new ApmError(`the external system does not answer: ${error.message}`, {
    ...(error.where === undefined ? {} : { where: error.where }),
    remedy: error.remedy === undefined ? ADVICE : `${error.remedy}; ${ADVICE}`,
    cause: error,
  });
}

async function postUsers(
  options: ExternalOptions,
  world: string,
  train: readonly TrainUser[],
  validation: readonly TrainUser[],
  { http }: MethodContext,
): Promise<void> {
  const { url, fitUrl, fitTimeoutSeconds } = options;
  const limits = { ...options, timeoutMs: fitTimeoutSeconds * 1_000, concurrency: 1 };
  try {
    await http.postJson(fitUrl ?? below(url, "fit"), fitBody(world, train, validation), limits);
  } catch (error) {
    throw explained(error);
  }
}

function below(url: string, name: string): string {
  const whole = new URL(url);
  whole.pathname = `${whole.pathname.replace(/\/+$/, "")}/${name}`;
  return whole.href;
}

/** One piece a user: at the paper's scale the whole is hundreds of megabytes. */
function fitBody(
  world: string,
  train: readonly TrainUser[],
  validation: readonly TrainUser[],
): Iterable<string> {
  return {
    *[Symbol.iterator]() {
      yield `{"world":${JSON.stringify(world)},"train":[`;
      for (const [i, user] of train.entries()) yield (i === 0 ? "" : ",") + userJson(user);
      yield '],"validation":[';
      for (const [i, user] of validation.entries()) yield (i === 0 ? "" : ",") + userJson(user);
      yield "]}";
    },
  };
}

/** Field by field, so that nothing is sent that is not meant to be. */
function userJson({ id, history, prompt, candidates }: TrainUser): string {
  return JSON.stringify({
    user: id,
    history,
    prompt,
    candidates: candidates.map(({ principle, direction, text, reward }) => ({
      principle,
      direction,
      text,
      reward,
    })),
  });
}

/** Names a world by what is seen of it. Its seed stays hidden: with the seed, the mapping could be sampled again. */
function worldName(train: readonly TrainUser[], validation: readonly TrainUser[]): string {
  const users = [...train, ...validation].map((user) => fingerprint(userJson(user)));
  return fingerprint(`${train.length} ${users.join(" ")}`);
}

function once<T>(task: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= task());
}
