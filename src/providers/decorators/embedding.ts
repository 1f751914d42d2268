import { forEachConcurrent } from "../../core/concurrency.ts";
import { contentKey } from "../../core/hash.ts";
import type { EmbeddingModel } from "../../core/ports/embedding-model.ts";
import type { TokenUsage } from "../../core/ports/language-model.ts";
import type { Store } from "../../core/ports/store.ts";
import { believableInput } from "./believable.ts";
import type { Call } from "./call.ts";
import { type CallKind, type Guards, guardedCall } from "./guarded.ts";
import { costOf, type Price } from "./metered.ts";
import { checkVectors, flawOf } from "./vectors.ts";

export interface CountedVectors {
  /** One per text, in order. */
  readonly vectors: readonly Float32Array[];
  readonly inputTokens: number;
}

/** An embedding model behind an API, which says what each call has used. */
export interface EmbeddingProvider {
  readonly id: string;
  readonly identity: string;
  readonly simulated: boolean;
  /** Most texts in one call. */
  readonly batch: number;
  /** @throws ProviderError */
  embed(texts: readonly string[]): Promise<CountedVectors>;
}

/**
 * An embedding model behind the guards. Vectors are stored by text, so the next
 * request pays for new texts only; one whose texts are all stored counts as a hit. Vectors that cannot be compared
 * (missing, not a number, all zeros, of different lengths) are an error and are never stored.
 * @param others the same model on its other servers, as `guardedModel`
 */
export function guardedEmbedder(
  provider: EmbeddingProvider,
  guards: Guards,
  others: readonly EmbeddingProvider[] = [],
): EmbeddingModel {
  const { store, meter, price, detour } = guards;
  const counter = meter.counter("embedder", provider, price);
  const asking =
    (one: EmbeddingProvider): Call<readonly string[], Embedded> =>
    async (texts) => {
      const { vectors, inputTokens } = await one.embed(texts);
      return { vectors, usage: believableInput(texts, inputTokens) };
    };
  const guarded = guardedCall(
    [asking(provider), ...others.map(asking)],
    counter,
    embeddingKind(price),
    guards,
  );
  const ask = (texts: readonly string[]): Promise<Embedded> => {
    if (detour === undefined) return guarded(texts);
    const key = embeddingKey(provider, texts[0] as string);
    return detour(
      { key, role: "embedder" },
      () => guarded(texts),
      () => asking(provider)(texts),
    );
  };
  // On a detour each text is a call of its own, and none waits for another.
  const [batchSize, atOnce] = detour === undefined ? [provider.batch, 1] : [1, Number.MAX_SAFE_INTEGER];
  const memory = vectorStore(provider, store);
  let size: number | undefined;
  return {
    id: provider.id,
    identity: provider.identity,
    simulated: provider.simulated,
    async embed(texts) {
      const found = new Map<string, Float32Array>();
      const missing: string[] = [];
      for (const text of new Set(texts)) {
        const stored = memory.get(text);
        if (stored === undefined) missing.push(text);
        else found.set(text, stored);
      }
      if (missing.length === 0) counter.hit();
      // A provider without a bound takes them all at once.
      const most = Math.min(batchSize, Math.max(missing.length, 1));
      const batches = Array.from({ length: Math.ceil(missing.length / most) }, (_, i) =>
        missing.slice(i * most, (i + 1) * most),
      );
      await forEachConcurrent(batches, Math.min(atOnce, batches.length), async (batch) => {
        const { vectors } = await ask(batch);
        size = checkVectors(provider.id, batch, vectors, size);
        for (const [i, text] of batch.entries()) {
          const vector = vectors[i] as Float32Array;
          memory.put(text, vector);
          found.set(text, vector);
        }
        await store.kept();
      });
      const vectors = texts.map((text) => found.get(text) as Float32Array);
      size = checkVectors(provider.id, texts, vectors, size);
      return vectors;
    },
  };
}

interface Embedded {
  readonly vectors: CountedVectors["vectors"];
  readonly usage: TokenUsage;
}

function embeddingKind(price: Price | undefined): CallKind<readonly string[], Embedded> {
  const bytesOf = (texts: readonly string[]): number =>
    texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return {
    usage: ({ usage }) => usage,
    bill: {
      // No byte-level tokenizer makes more tokens than there are bytes.
      most: (texts) => costOf({ inputTokens: bytesOf(texts), outputTokens: 0 }, price),
      paid: ({ usage }) => costOf(usage, price),
    },
    load: { expected: (texts) => Math.ceil(bytesOf(texts) / 4), taken: ({ usage }) => usage.inputTokens },
  };
}

const embeddingKey = ({ identity }: EmbeddingProvider, text: string): Uint8Array =>
  contentKey(`embedding@1 ${identity.length}:${identity} ${text}`);

/** Vectors as artifacts: 32-bit floats in the machine's order, under the model's identity and the text. */
function vectorStore(provider: EmbeddingProvider, store: Store) {
  const keyOf = (text: string): Uint8Array => embeddingKey(provider, text);
  return {
    get(text: string): Float32Array | undefined {
      const bytes = store.getArtifact("embedding", keyOf(text));
      if (bytes === undefined || bytes.length % Float32Array.BYTES_PER_ELEMENT !== 0) return undefined;
      const vector = new Float32Array(bytes.slice().buffer);
      // Earlier versions stored what a server sent, whatever it was: such a one is asked for again.
      return flawOf(vector) === undefined ? vector : undefined;
    },
    put(text: string, { buffer, byteOffset, byteLength }: Float32Array): void {
      store.putArtifact("embedding", keyOf(text), new Uint8Array(buffer, byteOffset, byteLength));
    },
  };
}
