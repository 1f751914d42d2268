import { credentialsOf } from "../http/credentials.ts";
import type { Environment } from "../http/dispatcher.ts";
import type { Transport } from "../http/transport.ts";
import { TransportError } from "../http/transport-error.ts";
import { notUnderstood, requestRefused, trainerAway } from "./failures.ts";
import { refusalSchema } from "./wire.ts";

/** Where the token stands, for both sides. */
const TOKEN = "APM_TRAINER_TOKEN";
/** Longest wait for answers to a batch of questions: long texts of a large LLM on a slow device take their time. */
const ANSWER_MS = 2 * 3_600_000;
/** Longest wait for anything else: large bodies travel, nothing is computed. */
const REQUEST_MS = 10 * 60_000;

/** Requests to one trainer. */
export interface TrainerRequests {
  readonly place: string;
  /**
   * @param path below `/v1/`
   * @param absent whether 404 gives `undefined`
   * @throws ProviderError when nobody is there, or the request is refused
   */
  json(
    method: "GET" | "PUT" | "POST",
    path: string,
    options?: { body?: unknown; absent?: boolean },
  ): Promise<unknown>;
  /** Sends bytes, or fetches them. @throws ProviderError as `json` */
  bytes(method: "GET" | "PUT", path: string, body?: Uint8Array): Promise<Uint8Array>;
}

interface Answered {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** @param url root of the trainer, as `http://localhost:8900` */
export function trainerRequests(
  url: string,
  { env, transport, stop }: { env: Environment; transport: Transport; stop: AbortSignal },
): TrainerRequests {
  const place = url.replace(/\/+$/, "");
  const hasToken = (env[TOKEN] ?? "").trim() !== "";
  const { headers, redact } = credentialsOf(
    hasToken ? { apiKeyEnv: TOKEN } : {},
    env,
    `environment variable ${TOKEN}`,
  );

  const ask = async (
    method: string,
    path: string,
    type: string,
    body?: string | Uint8Array,
  ): Promise<Answered> => {
    const address = `${place}/v1/${path}`;
    const all = { ...headers, ...(body === undefined ? {} : { "content-type": type }) };
    try {
      if (method === "POST") {
        // What is computed before the first byte may take longer than `fetch` waits.
        const { origin, pathname } = new URL(address);
        const posted = { origin, path: pathname, headers: all, body: body as string, timeoutMs: ANSWER_MS };
        const { status, text } = await transport.post(posted);
        return { status, bytes: Buffer.from(text) };
      }
      const answer = await transport.fetch(address, {
        method,
        headers: all,
        signal: AbortSignal.timeout(REQUEST_MS),
        ...(body === undefined ? {} : { body: body as string }),
      });
      return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) };
    } catch (error) {
      if (stop.aborted) throw stop.reason;
      throw trainerAway(place, redact(wordsOf(error)), error);
    }
  };
  const checked = ({ status, bytes }: Answered): Uint8Array => {
    if (status >= 200 && status < 300) return bytes;
    const said = redact(Buffer.from(bytes).toString());
    const trouble = refusalSchema.safeParse(jsonOrNot(said));
    throw requestRefused(
      place,
      status,
      trouble.success ? trouble.data.error : { kind: `HTTP ${status}`, message: said || "no words" },
      hasToken,
    );
  };
  return {
    place,
    async json(method, path, { body, absent = false } = {}) {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const answer = await ask(method, path, "application/json", text);
      if (absent && answer.status === 404) return undefined;
      const value = jsonOrNot(Buffer.from(checked(answer)).toString());
      if (value === undefined) {
        throw notUnderstood(
          place,
          "what answers there sends no JSON",
          "give the address of `apm-trainer serve`",
        );
      }
      return value;
    },
    bytes: async (method, path, body) => checked(await ask(method, path, "application/octet-stream", body)),
  };
}

function jsonOrNot(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What happened below HTTP, in a few words. */
function wordsOf(error: unknown): string {
  if (error instanceof TransportError) return error.words;
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
  if (cause?.code === "ECONNREFUSED") return "connection refused";
  return cause?.message || (error as Error).message;
}
