import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fingerprint } from "../../src/core/hash.ts";
import type { ChatMessage, GenerateResult, LanguageModel } from "../../src/core/ports/language-model.ts";
import { requestSeed } from "../../src/providers/openai/request-seed.ts";

/** Everything that a server, or what stands before it, does wrong now and then. */
export const FAULTS = [
  "slow",
  "429",
  "429-retry-after",
  "500",
  "503",
  "reset-at-once",
  "reset-mid-body",
  "cut-body",
  "invalid-json",
  "empty-choices",
  "wrong-content-type",
  "error-with-200",
  "hang",
  "hang-mid-body",
] as const;
/** What passes by itself and leaves every answer as it would have been, or worth another try. */
export const QUIRKS = [
  "429-retry-after",
  "429-date",
  "500",
  "503",
  "reset-at-once",
  "cut-body",
  "invalid-json",
  "slow",
  "choice-429",
  "odd-usage",
] as const;
/** What no further try can mend. */
type Refusal = "401" | "choice-402" | "choice-403" | "filter" | "no-logprobs";
/** A fault from which another try may recover, or a refusal for good. */
export type Fault = (typeof FAULTS)[number] | (typeof QUIRKS)[number] | Refusal;

/** One request as the server saw it. */
interface LoggedRequest {
  /** Fingerprint of the body. */
  readonly id: string;
  readonly body: { readonly messages?: { readonly content: string }[]; readonly [field: string]: unknown };
  readonly authorization: string | undefined;
  readonly fault: Fault | undefined;
  /** Set when a correct answer had left the server whole, in milliseconds of `performance.now()`. */
  answeredAt?: number;
}

export interface FaultServer {
  readonly baseUrl: string;
  readonly log: LoggedRequest[];
  close(): Promise<void>;
}

interface Options {
  /** Who answers; over HTTP a request's seed tells its sample number, for models whose own seed is 0. */
  readonly model: LanguageModel;
  /** What goes wrong with the n-th request (from 0). */
  readonly fault?: (
    n: number,
    log: readonly LoggedRequest[],
    body: LoggedRequest["body"],
  ) => Fault | undefined;
  readonly delayMs?: number;
  /** Any that is free when absent. */
  readonly port?: number;
  /** How long "slow" takes. */
  readonly slowMs?: number;
}

/** An OpenAI-compatible server on the loopback interface that fails as told and logs every request. */
export async function faultServer({
  model,
  fault,
  delayMs = 0,
  slowMs = 100,
  port = 0,
}: Options): Promise<FaultServer> {
  const log: LoggedRequest[] = [];
  const server = createServer((request, response) => {
    serve(request, response).catch((error: Error) => {
      response.statusCode = 400;
      response.end(JSON.stringify({ error: { message: error.message } }));
    });
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    const body = JSON.parse(text) as LoggedRequest["body"];
    const entry: LoggedRequest = {
      id: fingerprint(text),
      body,
      authorization: request.headers.authorization,
      fault: fault?.(log.length, log, body),
    };
    log.push(entry);
    if (delayMs > 0) await pause(delayMs);
    const answer = JSON.stringify(
      request.url?.endsWith("/embeddings") ? embed(body) : await complete(model, body),
    );
    if (entry.fault === "slow") await pause(slowMs);
    else if (entry.fault !== undefined) return misbehave(entry.fault, request, response, answer);
    response.on("finish", () => (entry.answeredAt = performance.now()));
    response.setHeader("content-type", "application/json");
    response.end(answer);
  }

  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    log,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function misbehave(
  fault: Exclude<Fault, "slow">,
  request: IncomingMessage,
  response: ServerResponse,
  answer: string,
): void {
  const half = answer.slice(0, answer.length / 2);
  const json = (value: object): void => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(value));
  };
  const refuse = (status: number, message: string, headers = {}): void => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    // Some servers quote what they were sent, keys included.
    response.end(JSON.stringify({ error: { message: `${message} (${request.headers.authorization})` } }));
  };
  const choice = (finish_reason: string, error?: object): void =>
    json({ choices: [{ finish_reason, message: { role: "assistant", content: "" }, error }] });
  const partial = (then: () => void): void => {
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(answer),
    });
    response.write(half, () => then());
  };
  const act: Record<typeof fault, () => void> = {
    "401": () => refuse(401, "wrong key"),
    "429": () => refuse(429, "too many requests"),
    "429-retry-after": () => refuse(429, "too many requests", { "retry-after": "0.05" }),
    "429-date": () =>
      refuse(429, "too many requests", { "retry-after": new Date(Date.now() + 1000).toUTCString() }),
    "choice-402": () => choice("error", { code: 402, message: "Insufficient credits" }),
    "choice-403": () => choice("error", { code: 403, message: "your input was flagged" }),
    "choice-429": () => choice("error", { code: 429, message: "rate-limited upstream" }),
    filter: () => choice("content_filter"),
    "no-logprobs": () => {
      const { choices, ...rest } = JSON.parse(answer);
      json({ ...rest, choices: [{ ...choices[0], logprobs: null }] });
    },
    "odd-usage": () => json({ ...JSON.parse(answer), usage: { prompt_tokens: -1, completion_tokens: "?" } }),
    "500": () => refuse(500, "internal error"),
    "503": () => refuse(503, "overloaded"),
    "reset-at-once": () => request.socket.resetAndDestroy(),
    "reset-mid-body": () => partial(() => request.socket.resetAndDestroy()),
    "cut-body": () => partial(() => request.socket.end()),
    "invalid-json": () => response.end(half),
    "empty-choices": () => response.end(JSON.stringify({ choices: [], data: [], usage: {} })),
    "wrong-content-type": () => {
      response.setHeader("content-type", "text/html");
      response.end("<html><body>Welcome to the proxy</body></html>");
    },
    "error-with-200": () =>
      response.end(JSON.stringify({ error: { message: "upstream failed", code: 502 } })),
    hang: () => {},
    "hang-mid-body": () => partial(() => {}),
  };
  act[fault]();
}

async function complete(model: LanguageModel, body: LoggedRequest["body"]): Promise<object> {
  const messages = body.messages as ChatMessage[];
  const result = await model.generate({
    messages,
    sample: body.seed === undefined ? 0 : (body.seed as number) - requestSeed(0, messages, 0),
    ...(typeof body.max_tokens === "number" ? { maxTokens: body.max_tokens } : {}),
    ...(typeof body.top_logprobs === "number" ? { topLogprobs: body.top_logprobs } : {}),
  });
  return asCompletion(result);
}

const REASONS = { stop: "stop", length: "length", filter: "content_filter" };

/** A result of the port in the words of the API. */
function asCompletion({ text, finishReason, usage, reasoning, logprobs }: GenerateResult): object {
  const tokens = logprobs?.map(({ token, logprob, top }) => ({ token, logprob, top_logprobs: top }));
  return {
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: text, reasoning_content: reasoning ?? null },
        finish_reason: REASONS[finishReason],
        logprobs: tokens ? { content: tokens } : null,
      },
    ],
    usage: { prompt_tokens: usage.inputTokens, completion_tokens: usage.outputTokens },
  };
}

/** Vectors that depend on the text alone, sent in reverse order, as the API allows. */
function embed(body: LoggedRequest["body"]): object {
  const texts = body.input as string[];
  const data = texts.map((text, index) => ({
    index,
    embedding: [text.length, text.charCodeAt(0) || 0, 0.5],
  }));
  return { data: data.reverse(), usage: { prompt_tokens: texts.length } };
}
