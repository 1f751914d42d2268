import type { HttpAnswer, Post } from "../../src/providers/http/transport.ts";
import { createOpenAIModel } from "../../src/providers/openai/chat.ts";
import type { OpenAISettings } from "../../src/providers/openai/settings.ts";

export type Body = Readonly<Record<string, unknown>>;
/** A completion of that text. */
export const whole = (
  content: string,
  message = {},
  usage: unknown = { prompt_tokens: 9, completion_tokens: 3 },
) => ({
  choices: [{ finish_reason: "stop", message: { content, ...message } }],
  usage,
});
/** HTTP 400 with these words. */
export const refusal = (message: string, more = {}) => ({
  status: 400,
  json: { error: { message, ...more } },
});

/** A model on a server that answers each body as told; keeps the bodies and what was noted. */
export function onServer(answer: (body: Body) => object, settings: Partial<OpenAISettings> = {}) {
  const bodies: Body[] = [];
  const notes: string[] = [];
  const transport = {
    fetch,
    async post({ body }: Post): Promise<HttpAnswer> {
      const sent = JSON.parse(body as string) as Body;
      bodies.push(sent);
      const { status = 200, json } = answer(sent) as { status?: number; json: unknown };
      return { status, text: JSON.stringify(json), retryAfterMs: undefined, location: undefined };
    },
  };
  const notice = (words: string): void => {
    if (!notes.includes(words)) notes.push(words);
  };
  const model = createOpenAIModel(
    { model: "m", baseUrl: "http://somewhere:8000/v1", ...settings },
    { env: {}, transport, notice },
  );
  return { model, bodies, notes };
}
