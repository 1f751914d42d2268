/**
 * Tokens a second of the trainer (PyTorch, on the CPU) beside the training in the process, on the same pairs, checkpoint and
 * settings, one after the other: DPO of pairs of 2 x 192 random tokens on the package's own checkpoint, LoRA of rank 16 on q,
 * k, v and o, 8 pairs a step. Needs the trainer's packages: scripts/trainer/install.sh.
 *
 *   node bench/trainer.ts [--pairs N] [--rounds N]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fold, rngOf, rootKey } from "../src/core/random.ts";
import { trainInThread } from "../src/neural/training/in-thread.ts";
import type { EncodedPair } from "../src/neural/training/pairs.ts";
import { unitLength } from "../src/neural/training/soft-rows.ts";
import { systemClock } from "../src/providers/decorators/system-clock.ts";
import { httpTransport } from "../src/providers/http/transport.ts";
import { createLocalProvider } from "../src/providers/local/provider.ts";
import { httpTrainer } from "../src/providers/trainer/http-trainer.ts";
import { trainerRequests } from "../src/providers/trainer/requests.ts";
import { startRealTrainer } from "../test/trainer/real-trainer.ts";

const { values } = parseArgs({
  options: { pairs: { type: "string", default: "96" }, rounds: { type: "string", default: "2" } },
});
const PAIRS = Number(values.pairs);
const LENGTH = 192;
const SPEC = {
  embeddingSize: 128,
  projector: "linear",
  softTokens: 1,
  rank: 16,
  alpha: 32,
  targets: ["q", "k", "v", "o"],
} as const;
const SETTINGS = {
  learningRate: 1e-4,
  batchSize: 8,
  epochs: 1,
  dropout: 0.05,
  clipNorm: 1,
  patience: 2,
} as const;

const stop = new AbortController().signal;
const root = join(import.meta.dirname, "..");
const tunable = createLocalProvider(root).tunable({ model: "models/tiny" }, (model) => model, stop);
const rng = rngOf(rootKey("bench/trainer"));
const ids = (count: number): number[] =>
  Array.from({ length: count }, () => 300 + rng.int(tunable.config.vocabSize - 300));
const pairs = Array.from(
  { length: PAIRS },
  (): EncodedPair => ({
    embedded: unitLength(Float32Array.from({ length: SPEC.embeddingSize }, () => rng.normal())),
    prompt: ids(LENGTH / 2 - 1),
    chosen: ids(LENGTH / 2),
    rejected: ids(LENGTH / 2),
  }),
);
const tokens = 2 * LENGTH * PAIRS;

console.log(
  `${PAIRS} pairs of 2 x ${LENGTH} tokens, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)} before`,
);
const folder = mkdtempSync(join(tmpdir(), "apm-bench-trainer-"));
const server = await startRealTrainer(folder, [join(root, "models")]);
try {
  const best = { here: 0, there: 0 };
  for (let round = 0; round < Number(values.rounds); round++) {
    best.here = Math.max(best.here, await inProcess(round));
    best.there = Math.max(best.there, await atTheTrainer(round));
  }
  // The best of each: other work on the machine only ever slows one down.
  console.log(
    `in the process ${whole(best.here)} tokens/s, the trainer ${whole(best.there)} tokens/s: ${(best.there / best.here).toFixed(1)} times`,
  );
} finally {
  await server.stop();
  rmSync(folder, { recursive: true });
}

/** Tokens a second of steps, measured like the trainer's: reference, compilation and validation are left out. */
async function inProcess(round: number): Promise<number> {
  let [first, last, steps] = [0, 0, 0];
  const job = {
    config: tunable.config,
    weights: tunable.weights(),
    spec: SPEC,
    options: { ...SETTINGS, loss: { kind: "dpo", beta: 0.1 }, weightDecay: 0, warmup: 0.1 } as const,
    key: fold(rootKey("bench/trainer"), round),
    train: pairs,
    validation: [],
  };
  const begun = performance.now();
  await trainInThread(job, {
    threads: tunable.threads,
    stop,
    progress: ({ step, tokensPerSecond }) => {
      if (steps === 0) first = performance.now();
      [steps, last] = [step, tokensPerSecond];
    },
    epoch: () => {},
    checkpoint: () => {},
  });
  const seconds = (performance.now() - begun) / 1000;
  const speed = last === 0 || first === 0 ? tokens / seconds : last;
  console.log(`round ${round + 1}: in the process ${whole(speed)} tokens/s, ${seconds.toFixed(1)} s in all`);
  return speed;
}

async function atTheTrainer(round: number): Promise<number> {
  const trainer = httpTrainer(
    trainerRequests(server.url, { env: {}, transport: httpTransport({}, stop), stop }),
    { clock: systemClock, stop },
  );
  const { embeddingSize: _, ...spec } = SPEC;
  const begun = performance.now();
  const result = (await trainer.train(
    {
      key: round.toString(16).padStart(32, "b"),
      request: {
        protocol: 1,
        kind: "soft-prompt",
        model: { path: join(root, "models", "tiny") },
        data: {
          embedder: { id: "random", identity: "random" },
          train: pairs.map(({ embedded, ...pair }, i) => ({ id: `p${i}`, embedded: [...embedded], ...pair })),
          validation: [],
        },
        settings: { ...spec, ...SETTINGS, gradientCheckpointing: false, microBatch: 8 },
        seed: round,
      },
    },
    () => {},
  )) as { run: { tokensPerSecond: number; peakBytes: number } };
  const seconds = (performance.now() - begun) / 1000;
  const { tokensPerSecond, peakBytes } = result.run;
  console.log(
    `round ${round + 1}: the trainer ${whole(tokensPerSecond)} tokens/s, ${seconds.toFixed(1)} s in all with its start, ` +
      `${(peakBytes / 2 ** 20).toFixed(0)} MiB at most`,
  );
  return tokensPerSecond;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}
