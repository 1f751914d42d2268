import { ProviderError } from "../../core/errors.ts";
import { contentKey } from "../../core/hash.ts";
import type {
  ChatMessage,
  GenerateRequest,
  GenerateResult,
  LanguageModel,
} from "../../core/ports/language-model.ts";
import type { Store } from "../../core/ports/store.ts";
import { wrapModel } from "../../core/wrap-model.ts";

/** How system messages are sent: as they are, at the head of the first user message, or so once a server refused one. */
export type SystemMessage = "auto" | "merge" | "send";

/** What a model does not take, once it has said so. It changes what is sent, and with it the key of what is stored. */
interface Limits {
  readonly merges?: boolean;
  /** Alternatives a token. */
  readonly alternatives?: number;
}

const KIND = "manner";

/**
 * A model that is asked as its server can be asked: system messages merged and fewer alternatives a token, where it refuses
 * them. What was learnt is stored, so that a run that goes on asks, and finds, the same requests. Stands outside of the
 * store: the key of an answer is of the request as it was sent.
 * @param notice told once of each thing that was learnt
 */
export function adaptedModel(
  model: LanguageModel,
  store: Store,
  setting: SystemMessage = "auto",
  notice: (words: string) => void = () => {},
): LanguageModel {
  const key = contentKey(`${KIND}@1 ${model.identity}`);
  const stored = store.getArtifact(KIND, key);
  let limits: Limits = stored === undefined ? {} : JSON.parse(new TextDecoder().decode(stored));
  let takesSystem = false;
  const learn = (more: Limits): void => {
    if (more.alternatives !== undefined && more.alternatives === limits.alternatives) return;
    const before = words();
    limits = { ...limits, ...more };
    store.putArtifact(KIND, key, new TextEncoder().encode(JSON.stringify(limits)));
    for (const line of words()) if (!before.includes(line)) notice(`${model.id}: ${line}`);
  };
  const merges = (): boolean => setting === "merge" || (setting === "auto" && limits.merges === true);
  const words = (): readonly string[] => [
    ...(merges() ? [MERGED] : []),
    ...(limits.alternatives === undefined
      ? []
      : [`it gives ${limits.alternatives} alternatives a token at most, and is asked for no more`]),
  ];
  const mayMerge = (isSent: boolean): boolean => isSent && setting === "auto" && !takesSystem;
  /** The request as it may be put; the same one when there is nothing to change. */
  const put = (request: GenerateRequest, isMerged: boolean): GenerateRequest => {
    const { alternatives } = limits;
    const fewer = alternatives !== undefined && (request.topLogprobs ?? 0) > alternatives;
    const messages = isMerged ? merged(request.messages) : request.messages;
    if (!fewer && messages === request.messages) return request;
    return { ...request, messages, ...(fewer ? { topLogprobs: alternatives } : {}) };
  };
  const generate = async (request: GenerateRequest): Promise<GenerateResult> => {
    const hasSystem = holdsSystem(request);
    let isMerged = merges();
    for (;;) {
      const sent = put(request, isMerged);
      try {
        const result = await model.generate(sent);
        if (hasSystem && !isMerged) takesSystem = true;
        if (hasSystem && isMerged && !merges()) learn({ merges: true });
        return result;
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        const { refuses } = error;
        const asked = sent.topLogprobs ?? 0;
        if (refuses?.what === "alternatives" && refuses.most < asked) learn({ alternatives: refuses.most });
        else if (refuses?.what === "system-message" && mayMerge(hasSystem && !isMerged)) isMerged = true;
        else throw error;
      }
    }
  };
  /** Nothing about the request can have to be put otherwise: the usual case, which costs nothing. */
  const isSettled = (request: GenerateRequest): boolean =>
    request.topLogprobs === undefined && (takesSystem ? !merges() : !holdsSystem(request));
  return {
    ...wrapModel(model, (request) => (isSettled(request) ? model.generate(request) : generate(request))),
    systemMessage: () => (merges() ? "merge" : "send"),
  };
}

const holdsSystem = ({ messages }: GenerateRequest): boolean =>
  messages.some(({ role }) => role === "system");

const MERGED = "system messages stand at the head of the first user message";

/** System messages at the head of the first user message, or as one where there is none. */
function merged(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const system = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  if (system.length === 0) return messages;
  const others = messages.filter(({ role }) => role !== "system");
  const first = others.findIndex(({ role }) => role === "user");
  const content = [...system, ...(first < 0 ? [] : [others[first]?.content])].join("\n\n");
  const user: ChatMessage = { role: "user", content };
  return first < 0 ? [user, ...others] : others.with(first, user);
}
