import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { RecordedEmbeddings, RecordedReplies, RecordedReply } from "../../scripts/real/replies.ts";
import { canonicalJson } from "../../src/core/hash.ts";
import { requestSeed } from "../../src/providers/openai/request-seed.ts";

type Sent = Readonly<Record<string, unknown>>;

/** A server on the loopback interface that gives the recorded replies again, each to the question that it was given to. */
export async function replayingServer({
  chat,
  embeddings,
}: Pick<RecordedReplies, "chat" | "embeddings">): Promise<{ baseUrl: string; close(): Promise<void> }> {
  const byQuestion = new Map<string, RecordedReply | RecordedEmbeddings>([
    ...chat.map((recorded) => [questionOf(recorded), recorded] as const),
    ...embeddings.map((recorded) => [canonicalJson(recorded.texts), recorded] as const),
  ]);
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    const sent: Sent = JSON.parse(body);
    const recorded = byQuestion.get(sent.input === undefined ? asked(sent) : canonicalJson(sent.input));
    response
      .writeHead(recorded?.status ?? 404, { "content-type": "application/json; charset=utf-8" })
      .end(JSON.stringify(recorded?.reply ?? { error: { message: `nobody asked this: ${body}` } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** What tells questions apart, by the names that a server reads; other fields may come and go. */
const asked = ({ model, messages, seed, max_tokens, top_logprobs, grammar, response_format }: Sent): string =>
  canonicalJson([
    model,
    messages,
    seed,
    max_tokens,
    top_logprobs,
    grammar !== undefined,
    response_format !== undefined,
  ]);

function questionOf({ settings, request }: RecordedReply): string {
  const { messages, sample, maxTokens = settings.maxTokens, topLogprobs, held } = request;
  return asked({
    model: settings.model,
    messages,
    seed: settings.seed === undefined ? undefined : requestSeed(settings.seed, messages, sample),
    max_tokens: maxTokens,
    top_logprobs: topLogprobs,
    grammar: held?.form === "grammar" ? held : settings.options?.grammar,
    response_format: held?.form === "response_format" ? held : undefined,
  });
}
