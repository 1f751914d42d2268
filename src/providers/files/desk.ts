import { AsyncLocalStorage } from "node:async_hooks";
import { ProviderError } from "../../core/errors.ts";
import { contentKey } from "../../core/hash.ts";
import type { Store } from "../../core/ports/store.ts";
import type { DetourOf, UnstoredCall } from "../decorators/detour.ts";
import type { Post, Transport } from "../http/transport.ts";

/** An answer as a server would have sent it. */
export interface FileAnswer {
  readonly status: number;
  readonly text: string;
}

/** A request as it would have been sent. */
export interface MissingRequest {
  /** The content key in hexadecimal digits. */
  readonly key: string;
  readonly role: UnstoredCall["role"];
  /** Below the API's root: `/chat/completions`. */
  readonly path: string;
  /** JSON. */
  readonly body: string;
}

/** What a desk deals with. */
export interface DeskOptions {
  /** Answers that came as files, by content key in hexadecimal digits. */
  readonly answers?: (key: string) => FileAnswer | undefined;
  /** Takes requests that nothing answers, each key once; without it they are sent. */
  readonly missing?: (request: MissingRequest) => void;
}

/** Where calls are answered from files. */
export interface FileDesk {
  readonly detour: DetourOf;
  /** The way to servers with the desk in it: calls that are no concern of it pass. */
  transport(real: Transport): Transport;
  /** Whether nothing is sent: what has no answer waits for ever. */
  readonly collects: boolean;
  /** Grows whenever a call comes or is answered: where it stands still, all that goes on waits for files. */
  activity(): number;
  /** How many calls have begun to wait so far. */
  waits(): number;
}

/** Answers that were no use to the request that they were given to: what the provider then does depends on them. */
export const KEPT_ANSWERS = "file-answers";

/** An answer that was given before. */
interface KeptAnswer extends FileAnswer {
  /** The names of the fields that were refused, where the request was then put otherwise: it is no answer to any other. */
  readonly fields?: string | undefined;
}

/** A call that is under way, with the answers that it is given one after the other. */
interface Asking extends UnstoredCall {
  readonly answers: readonly KeptAnswer[];
  next: number;
  /** Takes the request as it is to be written down. */
  readonly take?: (request: MissingRequest) => void;
}

/** No file has a further answer to the request. */
class Unanswered extends ProviderError {
  constructor() {
    super("no file has an answer to this request", { failure: "fatal" });
  }
}

/**
 * Calls are made by the provider itself, over a transport that answers from files. So whatever a server refuses or leaves
 * out is dealt with as if it had said so itself; refusals and flawed answers are kept, and given again each time.
 */
export function fileDesk({ answers, missing }: DeskOptions): FileDesk {
  const asking = new AsyncLocalStorage<Asking>();
  const seen = new Set<string>();
  let activity = 0;
  let waits = 0;
  const wait = <R>(): Promise<R> => {
    waits++;
    return new Promise(() => {});
  };

  const takeOnce = (request: MissingRequest): void => {
    if (seen.has(request.key)) return;
    seen.add(request.key);
    missing?.(request);
  };

  /** Fields that were refused in these words, by what was sent when they were first heard. */
  const refused = new Map<string, string>();
  /** The next answer that may be one to this very request: another role may have taught the provider in the meantime. */
  const nextFor = (own: Asking, post: Post): KeptAnswer | undefined => {
    for (let answer = own.answers[own.next]; answer !== undefined; answer = own.answers[own.next]) {
      own.next++;
      if (!isRefusal(answer)) return answer;
      const sent = fieldsOf(post);
      const fields = answer.fields ?? refused.get(answer.text) ?? sent;
      refused.set(answer.text, fields);
      if (fields === sent) return answer;
    }
    return undefined;
  };
  const lessons = new Map<string, Promise<void>>();
  /** Lets a role's provider know what its server has refused before, as it would if it had run on. */
  const taught = (store: Artifacts, call: UnstoredCall, bare: () => Promise<unknown>): Promise<void> => {
    const before = lessons.get(call.role);
    if (before !== undefined) return before;
    const learning = (async () => {
      for (const lesson of keptAnswers(store, lessonsOf(call))) {
        if (lesson.fields !== undefined) refused.set(lesson.text, lesson.fields);
        await asking.run({ ...call, answers: [lesson], next: 0 }, bare).catch(() => {});
      }
    })();
    lessons.set(call.role, learning);
    return learning;
  };

  return {
    collects: missing !== undefined,
    activity: () => activity,
    waits: () => waits,
    detour: (store) => async (call, guarded, bare) => {
      activity++;
      if (missing !== undefined) await taught(store, call, bare);
      const kept = keptAnswers(store, call.key);
      const fresh = answers?.(hexOf(call.key));
      const all = fresh === undefined ? kept : [...kept, fresh];
      if (all.length > 0) {
        const own: Asking = { ...call, answers: all, next: 0 };
        try {
          return await asking.run(own, guarded);
        } catch (error) {
          const isUsed = error instanceof Unanswered || isLost(error);
          if (fresh !== undefined && own.next === all.length && isUsed) {
            const isLesson = error instanceof Unanswered && isRefusal(fresh);
            const used = isLesson ? { ...fresh, fields: refused.get(fresh.text) } : fresh;
            keepAnswers(store, call.key, [...kept, used]);
            // The provider has put the request otherwise: it need not be told anew with every first request.
            if (isLesson) keepLesson(store, call, used);
          }
          if (!(error instanceof Unanswered)) throw error;
        } finally {
          activity++;
        }
      }
      if (missing === undefined) return guarded();
      // It is seen once: a second time there is nothing to write.
      if (seen.has(hexOf(call.key))) return wait();
      return asking.run({ ...call, answers: [], next: 0, take: takeOnce }, bare);
    },
    transport: (real) => ({
      fetch: real.fetch,
      async post(post) {
        const own = asking.getStore();
        if (own === undefined) return real.post(post);
        if (own.take !== undefined) {
          own.take(requestOf(own, post));
          return wait();
        }
        const answer = nextFor(own, post);
        if (answer === undefined) throw new Unanswered();
        const { status, text } = answer;
        return { status, text, retryAfterMs: undefined, location: undefined };
      },
    }),
  };
}

/** A request that has no answer for good: what it was told is its end. */
const isLost = (error: unknown): boolean => error instanceof ProviderError && error.failure === "request";

export const hexOf = (key: Uint8Array): string => Buffer.from(key).toString("hex");

function requestOf({ key, role }: UnstoredCall, { path, body }: Post): MissingRequest {
  const [whole = ""] = path.split("?");
  return {
    key: hexOf(key),
    role,
    path: whole.endsWith("/embeddings") ? "/embeddings" : "/chat/completions",
    body: typeof body === "string" ? body : [...body].join(""),
  };
}

type Artifacts = Pick<Store, "getArtifact" | "putArtifact">;

function keptAnswers(store: Artifacts, key: Uint8Array): readonly KeptAnswer[] {
  const bytes = store.getArtifact(KEPT_ANSWERS, key);
  return bytes === undefined ? [] : (JSON.parse(new TextDecoder().decode(bytes)) as KeptAnswer[]);
}

const fieldsOf = ({ body }: Post): string =>
  Object.keys(JSON.parse(typeof body === "string" ? body : [...body].join("")) as object)
    .sort()
    .join(" ");

const isRefusal = ({ status }: FileAnswer): boolean => status === 400 || status === 422;

const lessonsOf = ({ role }: UnstoredCall): Uint8Array => contentKey(`${KEPT_ANSWERS}@1 lessons of ${role}`);

/** One after which the provider asks otherwise; each in one wording. */
function keepLesson(store: Artifacts, call: UnstoredCall, lesson: KeptAnswer): void {
  const key = lessonsOf(call);
  const before = keptAnswers(store, key);
  if (before.length >= MOST_LESSONS || before.some(({ text }) => text === lesson.text)) return;
  keepAnswers(store, key, [...before, lesson]);
}
/** More than a server has fields to refuse. */
const MOST_LESSONS = 12;

function keepAnswers(store: Artifacts, key: Uint8Array, all: readonly KeptAnswer[]): void {
  store.putArtifact(KEPT_ANSWERS, key, new TextEncoder().encode(JSON.stringify(all)));
}
