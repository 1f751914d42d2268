/**
 * Asks a real llama.cpp server what the provider contract is held against, and writes its replies down as they came:
 *
 *   node scripts/real/install.ts smollm2 gemma minilm && node scripts/real/record.ts
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ChatMessage, GenerateRequest } from "../../src/core/ports/language-model.ts";
import { fenceOf, plainMessages, prompts, styledMessages } from "../../src/core/prompt/prompts.ts";
import { renderPrompt } from "../../src/core/prompt/template.ts";
import { httpTransport } from "../../src/providers/http/transport.ts";
import { createOpenAIModel } from "../../src/providers/openai/chat.ts";
import { createOpenAIEmbedder } from "../../src/providers/openai/embeddings.ts";
import { countingProxy } from "../../test/support/counting-proxy.ts";
import { SERVER } from "./packages.ts";
import {
  type RawReply,
  REPLIES_FILE,
  type RecordedEmbeddings,
  type RecordedReply,
  type RecordedSettings,
} from "./replies.ts";
import { type RealServerSettings, startRealServer } from "./server.ts";

type Question = Pick<RecordedReply, "what" | "settings" | "request">;

/** Room for one prompt of ours, and few enough to be too few. */
const CONTEXT = 512;
const GREEDY: RecordedSettings = { model: "smollm2", temperature: 0, maxTokens: 16 };
const DRAWN: RecordedSettings = { ...GREEDY, temperature: 0.8, seed: 1 };
const ask = (messages: readonly ChatMessage[], more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  messages,
  sample: 0,
  ...more,
});
const judged = (text: string): ChatMessage[] =>
  renderPrompt(prompts.judge, { principle: "gentle", max: "10", text, fence: fenceOf(text) });
const bread = plainMessages("How do I bake bread?");
const KIND = "Take your time, dear, and do not worry: bread forgives almost everything.";
const WITH_SYSTEM: ChatMessage[] = [{ role: "system", content: "Answer in one word." }, ...bread];

/** At least ten drawn answers for the contract of all models: the third one with alternatives, the second one drawn again. */
const CONTRACT: readonly Question[] = [
  "How do I bake bread?",
  "Compare trains and planes.",
  "What is a monad?",
  "Name three fruits.",
  "é漢字 😀?",
].flatMap((prompt) => [
  { what: "contract", settings: DRAWN, request: ask(plainMessages(prompt)) },
  {
    what: "contract",
    settings: DRAWN,
    request: ask(styledMessages({ principle: "gentle", direction: "avoid" }, prompt)),
  },
]);
const SMOLLM2: readonly Question[] = [
  ...CONTRACT,
  { what: "another draw", settings: DRAWN, request: { ...(CONTRACT[1] as Question).request, sample: 3 } },
  {
    what: "alternatives",
    settings: DRAWN,
    request: { ...(CONTRACT[2] as Question).request, topLogprobs: 5 },
  },
  { what: "cut", settings: GREEDY, request: ask(bread, { maxTokens: 4 }) },
  { what: "empty", settings: { ...GREEDY, options: { grammar: 'root ::= ""' } }, request: ask(bread) },
  { what: "judge, free", settings: GREEDY, request: ask(judged(KIND), { topLogprobs: 20 }) },
  ...(["grammar", "response_format"] as const).map((form) => ({
    what: `judge, held by ${form}`,
    // In JSON a model of this size likes to write empty lines.
    settings: { ...GREEDY, maxTokens: 48 },
    request: ask(judged(KIND), { topLogprobs: 10, held: { max: 10, form } }),
  })),
  {
    what: "wrong grammar",
    settings: { ...GREEDY, options: { grammar: "root ::= [" } },
    request: ask(plainMessages("Name three fruits.")),
  },
  { what: "too long", settings: GREEDY, request: ask(plainMessages("word ".repeat(CONTEXT + 100))) },
  { what: "no user message", settings: GREEDY, request: ask([]) },
];
const GEMMA: readonly Question[] = [
  { what: "base model", settings: { ...GREEDY, model: "gemma", maxTokens: 40 }, request: ask(bread) },
];
/** A template that knows users alone. */
const NO_SYSTEM =
  "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" +
  "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n";
const REFUSING: readonly Question[] = [
  { what: "template without system", settings: GREEDY, request: ask(WITH_SYSTEM) },
  { what: "template without system, merged", settings: GREEDY, request: ask(bread) },
];
const EMBEDDED: readonly (readonly [what: string, texts: readonly string[]])[] = [
  ["three texts", ["How do I bake bread?", "What is the best way to bake a loaf?", "My engine is broken."]],
  ["an empty text", [""]],
  ["too long", ["word ".repeat(CONTEXT + 100)]],
];

const access = { env: {}, transport: httpTransport({}) };

/** Asks one server, one question after the other. */
async function repliesOf(
  server: RealServerSettings,
  questions: readonly Question[],
): Promise<RecordedReply[]> {
  const real = await startRealServer({ slots: 1, context: CONTEXT, ...server });
  const proxy = await countingProxy(real.port);
  const replies: RecordedReply[] = [];
  for (const question of questions) {
    const model = createOpenAIModel({ ...question.settings, baseUrl: proxy.baseUrl }, access);
    const before = proxy.exchanges.length;
    // Failures are replies, too.
    await model.generate(question.request).catch(() => {});
    const exchange = proxy.exchanges[before];
    if (exchange === undefined) throw new Error(`${question.what}: no reply`);
    replies.push({ ...question, status: exchange.status, reply: exchange.answered as RawReply });
  }
  await proxy.close();
  await real.stop();
  return replies;
}

async function embeddings(): Promise<RecordedEmbeddings[]> {
  const real = await startRealServer({ model: "minilm", slots: 1, context: CONTEXT });
  const proxy = await countingProxy(real.port);
  const embedder = createOpenAIEmbedder({ model: "minilm", baseUrl: proxy.baseUrl }, access);
  for (const [, texts] of EMBEDDED) await embedder.embed(texts).catch(() => {});
  await proxy.close();
  await real.stop();
  return EMBEDDED.map(([what, texts], i) => ({
    what,
    texts,
    status: proxy.exchanges[i]?.status as number,
    reply: proxy.exchanges[i]?.answered as RecordedEmbeddings["reply"],
  }));
}

const chat = [
  ...(await repliesOf({ model: "smollm2" }, SMOLLM2)),
  ...(await repliesOf({ model: "smollm2", template: NO_SYSTEM }, REFUSING)),
  ...(await repliesOf({ model: "gemma" }, GEMMA)),
];
const embedded = await embeddings();
const server = `llama.cpp as in ${SERVER.name} ${SERVER.version}`;
const lines = (replies: readonly object[]): string =>
  replies.map((reply) => JSON.stringify(reply)).join(",\n");
writeFileSync(
  join(import.meta.dirname, "..", "..", REPLIES_FILE),
  `{"server": ${JSON.stringify(server)},\n"chat": [\n${lines(chat)}\n],\n"embeddings": [\n${lines(embedded)}\n]}\n`,
);
for (const { what, status, reply } of [...chat, ...embedded]) {
  console.log(`${status} ${what}: ${JSON.stringify(reply).slice(0, 100)}`);
}
