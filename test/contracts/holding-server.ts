import { type Body, refusal, whole } from "./answering-server.ts";

/** Servers by how they can be held to numbers, and what they do with fields that they do not know. */
export const HOLDING = [
  "llama.cpp",
  "vLLM",
  "vLLM 0.9",
  "OpenAI",
  "Ollama",
  "Ollama's own",
  "deaf",
  "strict",
] as const;
export type Holding = (typeof HOLDING)[number];

interface Held {
  readonly fields: readonly string[];
  /** Refuses unknown fields by name; others are ignored. */
  readonly isStrict?: true;
  /** What an answer looks like that is held. */
  readonly written?: (number: number) => string;
}

const SERVERS: Record<Holding, Held> = {
  "llama.cpp": { fields: ["grammar", "response_format"] },
  vLLM: { fields: ["structured_outputs", "response_format"] },
  "vLLM 0.9": { fields: ["guided_choice"] },
  OpenAI: { fields: ["response_format"], isStrict: true, written: (n) => `{"score":${n}}` },
  Ollama: { fields: ["response_format"], written: (n) => `{\n  "score": ${n}\n}` },
  "Ollama's own": { fields: ["format"] },
  deaf: { fields: [] },
  strict: { fields: [], isStrict: true },
};

/** Fields that any server knows. */
const USUAL = [
  "model",
  "messages",
  "temperature",
  "top_p",
  "seed",
  "max_tokens",
  "logprobs",
  "top_logprobs",
  "stop",
];

/**
 * A server's answer to one request. Its model talks, unless it is held: then it writes the number 7.
 * @param talk what it says freely
 */
export function holdingAnswer(kind: Holding, body: Body, talk = "This is a great example of how a"): object {
  const { fields, isStrict, written = String } = SERVERS[kind];
  const unknown = Object.keys(body).find((key) => !USUAL.includes(key) && !fields.includes(key));
  if (isStrict && unknown !== undefined) {
    return refusal(`Unrecognized request argument supplied: ${unknown}`, { type: "invalid_request_error" });
  }
  const isHeld = fields.some((field) => field in body);
  return { json: whole(isHeld ? written(7) : talk) };
}
