import { rngOf } from "../../core/random.ts";
import { type CachePool, cachePool, FOREIGN, type KvCache } from "./cache.ts";
import { maskedLogits, nextTokens } from "./choices.ts";
import {
  type EmbedJob,
  type GenerateJob,
  type Job,
  type Prompt,
  promptLength,
  type ResultOf,
  type ScoreJob,
} from "./jobs.ts";
import { BLOCK, createNetwork, LOGIT_ROWS, type Network } from "./network.ts";
import type { PlacedModel } from "./placed.ts";
import { describeChoice, logSumExp, sampleToken, type TokenChoice } from "./sample.ts";

/** Does jobs on one thread. Answers under way advance together, one token a step, so that weights are read once for all. */
export interface Engine {
  /** Takes a job; `done` is called from a later `step`. */
  submit<J extends Job>(job: J, done: (result: ResultOf<J>) => void): void;
  /** Does some of what is to do. @returns false when nothing is left */
  step(): boolean;
}

/** An answer under way. */
interface Sequence {
  readonly cache: KvCache;
  /** The token to be fed next. */
  next: number;
  /** Takes logits; true when the answer has ended. */
  readonly advance: (sequence: Sequence, logits: Float32Array) => boolean;
}

export function createEngine(model: PlacedModel): Engine {
  const network = createNetwork(model);
  const pool = cachePool(model.config, model.memory);
  const waiting: { readonly job: Job; readonly done: (result: never) => void }[] = [];
  let active: Sequence[] = [];

  /** Begins jobs while there are caches: whole ones at once, answers up to their first token. */
  const admit = (): void => {
    while (waiting.length > 0 && active.length < LOGIT_ROWS) {
      const { job, done } = waiting[0]!;
      const cache = cacheFor(job, network, pool);
      if (cache === null) return;
      waiting.shift();
      const finish = done as (result: unknown) => void;
      if (job.kind === "generate") {
        const sequence = begin(network, cache, job, finish);
        if (sequence === null) pool.release(cache);
        else active.push(sequence);
      } else {
        finish(job.kind === "score" ? score(network, cache, job) : embed(network, cache, job));
        pool.release(cache);
      }
    }
  };

  return {
    submit: (job, done) => void waiting.push({ job, done }),
    step() {
      admit();
      if (active.length === 0) return waiting.length > 0;
      for (const [i, { next }] of active.entries()) network.rows.row(i).set(network.embedding(next));
      network.run(active.map(({ cache, next }) => ({ cache, tokens: [next] })));
      const logits = network.logits(0, active.length);
      const ended = new Set(active.filter((sequence, i) => sequence.advance(sequence, logits.row(i))));
      for (const { cache } of ended) pool.release(cache);
      if (ended.size > 0) active = active.filter((sequence) => !ended.has(sequence));
      return active.length > 0 || waiting.length > 0;
    },
  };
}

/** Reads the prompt and draws the first token. @returns null when that was the answer */
function begin(
  network: Network,
  cache: KvCache,
  job: GenerateJob,
  finish: (result: ResultOf<GenerateJob>) => void,
): Sequence | null {
  const { stopIds, sampling, topLogprobs, among } = job;
  const rng = rngOf(job.key);
  const ids: number[] = [];
  const choices: TokenChoice[] = [];
  const end = (
    finishReason: "stop" | "length",
    steps = finishReason === "stop" ? ids.length + 1 : ids.length,
  ): true => {
    finish({ ids, finishReason, steps, ...(topLogprobs === undefined ? {} : { choices }) });
    return true;
  };
  const advance: Sequence["advance"] = (sequence, logits) => {
    const next = among && nextTokens(among, ids);
    const allowed = next && [...next.ids, ...(next.mayEnd ? stopIds : [])];
    const id = sampleToken(allowed ? maskedLogits(logits, allowed) : logits, sampling, rng);
    const isEnd = stopIds.includes(id);
    if (topLogprobs !== undefined && (among !== undefined || !isEnd))
      choices.push(describeChoice(logits, id, topLogprobs));
    if (isEnd) return end("stop");
    ids.push(id);
    // Nothing more can be written: the end need not be computed.
    if (among !== undefined && nextTokens(among, ids).ids.size === 0) return end("stop", ids.length);
    if (ids.length >= job.maxTokens || cache.tokens.length >= network.longest) return end("length");
    sequence.next = id;
    return false;
  };
  let last = 0;
  read(network, cache, job.prompt, (count) => (last = count - 1));
  const sequence = { cache, next: 0, advance };
  return advance(sequence, network.logits(last, 1).row(0)) ? null : sequence;
}

/** log p(token | prompt and the tokens before it), for each token of the continuation. */
function score(network: Network, cache: KvCache, { prompt, continuation }: ScoreJob): Float64Array {
  const { hiddenSize } = network.config;
  const scores = new Float64Array(continuation.length);
  // The row of each position tells the probability of the token that follows it.
  const firstTelling = promptLength(prompt, hiddenSize) - 1;
  let position = cache.tokens.length;
  read(network, cache, [...prompt, continuation.slice(0, -1)], (count) => {
    for (let row = Math.max(0, firstTelling - position); row < count; row += LOGIT_ROWS) {
      const rows = Math.min(LOGIT_ROWS, count - row);
      const logits = network.logits(row, rows);
      for (let r = 0; r < rows; r++) {
        const at = position + row + r - firstTelling;
        scores[at] = logits.row(r)[continuation[at]!]! - logSumExp(logits.row(r));
      }
    }
    position += count;
  });
  return scores;
}

/** The mean of the last hidden states over all positions. */
function embed(network: Network, cache: KvCache, { prompt }: EmbedJob): Float32Array {
  const { hiddenSize } = network.config;
  const sum = new Float64Array(hiddenSize);
  read(network, cache, prompt, (count) => {
    for (let r = 0; r < count; r++) {
      const hidden = network.hidden(r);
      for (let i = 0; i < hiddenSize; i++) sum[i]! += hidden[i]!;
    }
  });
  return Float32Array.from(sum, (total) => total / cache.tokens.length);
}

/** Room for all that a job will hold, with what it shares with an earlier one already in place. */
function cacheFor(job: Job, { longest, config }: Network, pool: CachePool): KvCache | null {
  const known = tokensOf(job.prompt, config.hiddenSize);
  switch (job.kind) {
    case "generate":
      // The last position is computed anew: its logits are wanted.
      return pool.acquire(Math.min(longest, known.length + job.maxTokens), known.slice(0, -1));
    case "score":
      return pool.acquire(known.length + job.continuation.length, known.slice(0, -1));
    case "embed":
      return pool.acquire(known.length, []);
  }
}

/**
 * Takes a prompt through the network, from where the cache ends, in blocks.
 * @param onBlock called after each, with the number of its rows
 */
function read(network: Network, cache: KvCache, prompt: Prompt, onBlock: (count: number) => void): void {
  const { rows, config } = network;
  const tokens = tokensOf(prompt, config.hiddenSize);
  const foreign = prompt.flatMap<number | Float32Array>((part) =>
    part instanceof Float32Array ? rowsOf(part, config.hiddenSize) : [...part],
  );
  while (cache.tokens.length < tokens.length) {
    const from = cache.tokens.length;
    const block = tokens.slice(from, from + BLOCK);
    for (const [r, id] of block.entries()) {
      rows.row(r).set(id === FOREIGN ? (foreign[from + r] as Float32Array) : network.embedding(id));
    }
    network.run([{ cache, tokens: block }]);
    onBlock(block.length);
  }
}

/** A prompt's token ids, with `FOREIGN` for rows that are no token's. */
function tokensOf(prompt: Prompt, hiddenSize: number): number[] {
  return prompt.flatMap((part) =>
    part instanceof Float32Array ? new Array<number>(part.length / hiddenSize).fill(FOREIGN) : part,
  );
}

function rowsOf(rows: Float32Array, hiddenSize: number): Float32Array[] {
  return Array.from({ length: rows.length / hiddenSize }, (_, i) =>
    rows.subarray(i * hiddenSize, (i + 1) * hiddenSize),
  );
}
