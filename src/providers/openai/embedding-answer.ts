import { z } from "zod";
import type { CountedVectors } from "../decorators/embedding.ts";
import { parseObject } from "./completion.ts";
import { answerFailure, type CallSite } from "./http-errors.ts";

/** Numbers as a list (a server writes NaN as null) or, though nobody asked for it, as 32-bit floats in base64. */
const vector = z.union([z.array(z.number().nullable()), z.base64()]).transform(floats);
const embeddings = z.object({
  data: z.array(z.object({ index: z.int().min(0).nullish(), embedding: vector })),
  usage: z
    .object({ prompt_tokens: z.int().min(0) })
    .nullish()
    .catch(null),
});

/**
 * The vectors of an answer in the order of the texts.
 * @throws ProviderError when there is not one for each text; whether they can be used is the guards' matter
 */
export function parseEmbeddings(
  answer: string,
  texts: readonly string[],
  site: () => CallSite,
): CountedVectors {
  const parsed = embeddings.safeParse(parseObject(answer, site));
  const vectors: Float32Array[] = [];
  for (const [i, { index, embedding }] of (parsed.data?.data ?? []).entries()) {
    const at = index ?? i;
    if (at < texts.length) vectors[at] = embedding;
  }
  const size = vectors[0]?.length;
  if (
    parsed.data?.data.length !== texts.length ||
    texts.some((_, i) => !size || vectors[i]?.length !== size)
  ) {
    const what = `an answer without one vector for each of ${texts.length} texts`;
    throw answerFailure(site(), what, parsed.success ? "" : answer);
  }
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  return { vectors, inputTokens: parsed.data.usage?.prompt_tokens ?? Math.ceil(characters / 4) };
}

function floats(given: readonly (number | null)[] | string): Float32Array {
  if (typeof given !== "string") return Float32Array.from(given, (value) => value ?? Number.NaN);
  const bytes = Buffer.from(given, "base64");
  const numbers = new Float32Array(Math.floor(bytes.length / 4));
  for (let i = 0; i < numbers.length; i++) numbers[i] = bytes.readFloatLE(4 * i);
  return numbers;
}
