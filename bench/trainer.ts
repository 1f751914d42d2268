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
  options: { pairs: { type: "string", default: "640" }, rounds: { type: "string", default: "2" } },
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

/** Speed between the first and the last step that is told of: start, compilation, reference and validation are left out. */
function speedometer() {
  let first: { step: number; at: number } | undefined;
  let last: { step: number; at: number } | undefined;
  return {
    at(step: number | undefined): void {
      if (!step || step === last?.step) return;
      last = { step, at: performance.now() };
      first ??= last;
    },
    tokensPerSecond(): number {
      if (first === undefined || last === undefined || first === last)
        throw new RangeError("too few pairs to measure");
      const tokens = (last.step - first.step) * SETTINGS.batchSize * 2 * LENGTH;
      return (1000 * tokens) / (last.at - first.at);
    },
  };
}

async function inProcess(round: number): Promise<number> {
  const speed = speedometer();
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
    progress: ({ step }) => speed.at(step),
    epoch: () => {},
    checkpoint: () => {},
  });
  return told(round, "in the process", speed.tokensPerSecond(), begun);
}

async function atTheTrainer(round: number): Promise<number> {
  const speed = speedometer();
  const trainer = httpTrainer(
    trainerRequests(server.url, { env: {}, transport: httpTransport({}, stop), stop }),
    { clock: systemClock, stop },
  );
  const { embeddingSize: _, ...spec } = SPEC;
  const begun = performance.now();
  await trainer.train(
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
    ({ step }) => speed.at(step),
  );
  return told(round, "the trainer", speed.tokensPerSecond(), begun);
}

function told(round: number, who: string, speed: number, begun: number): number {
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`round ${round + 1}: ${who} ${whole(speed)} tokens/s, ${seconds} s in all`);
  return speed;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}
