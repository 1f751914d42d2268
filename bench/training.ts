/**
 * Speed and memory of the adapter's training on a network of random weights: one DPO step of four pairs, LoRA of rank 16
 * on q, k, v and o, in tokens a second of wall and of processor time; beside PyTorch where /usr/bin/python3 has it.
 *
 *   node bench/training.ts [--torch] [--threads N]... [--steps N] [tiny|wide]
 */
import { spawnSync } from "node:child_process";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fold, rngOf, rootKey } from "../src/core/random.ts";
import type { LlamaConfig } from "../src/neural/checkpoint/llama-config.ts";
import { expectedTensors, parameterCount } from "../src/neural/checkpoint/weights.ts";
import { dropoutSeeds } from "../src/neural/jax/dropout.ts";
import { paramsFromWeights } from "../src/neural/jax/params.ts";
import { loadJax } from "../src/neural/jax/threads.ts";
import { type AdapterSpec, adapterTree, initialAdapter } from "../src/neural/training/adapter.ts";
import { type EncodedPair, paddedBatches } from "../src/neural/training/pairs.ts";
import { trainingSteps } from "../src/neural/training/steps.ts";
import { SMALL_LLAMA } from "./small-llama.ts";

const BASE: LlamaConfig = { ...SMALL_LLAMA, vocabSize: 2048 };
const CONFIGS: Readonly<Record<string, LlamaConfig>> = {
  tiny: BASE,
  wide: { ...BASE, vocabSize: 4096, hiddenSize: 256, intermediateSize: 768, layers: 6, heads: 8, kvHeads: 4 },
};
const PAIRS = 4;
const LENGTH = 192;
const SPEC: AdapterSpec = {
  embeddingSize: 128,
  projector: "linear",
  softTokens: 1,
  rank: 16,
  alpha: 32,
  targets: ["q", "k", "v", "o"],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    torch: { type: "boolean", default: false },
    threads: { type: "string", default: "0" },
    steps: { type: "string", default: "30" },
  },
});
const name = positionals[0] ?? "tiny";
const config = CONFIGS[name];
if (config === undefined) throw new RangeError(`there is no network "${name}"`);
const threads = Number(values.threads);
const steps = Number(values.steps);
console.log(
  `${name}: ${parameterCount(config).toLocaleString("en")} parameters, ${availableParallelism()} cores, load ` +
    `${loadavg()[0]?.toFixed(1)} before; ${PAIRS} pairs of 2 x ${LENGTH} tokens`,
);
await measure(config);
if (values.torch) {
  const script = join(import.meta.dirname, "training_torch.py");
  const args = [script, JSON.stringify(config), String(Math.max(1, threads)), String(PAIRS), String(LENGTH)];
  // OpenBLAS has threads of its own; those of PyTorch on top of them make it slower.
  const env = { ...process.env, OPENBLAS_NUM_THREADS: String(Math.max(1, threads)) };
  const { stdout, stderr } = spawnSync("/usr/bin/python3", args, { encoding: "utf8", env });
  process.stdout.write(stdout === "" ? `PyTorch was not measured: ${stderr}\n` : stdout);
}

async function measure(network: LlamaConfig): Promise<void> {
  const jax = await loadJax(threads);
  const rng = rngOf(rootKey("bench/training"));
  const weights = new Map(
    [...expectedTensors(network)].map(([tensor, shape]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const data = Float32Array.from({ length: size }, () =>
        tensor.endsWith("norm.weight") ? 1 : 0.02 * rng.normal(),
      );
      return [tensor, { shape, data }];
    }),
  );
  const ids = (count: number): number[] => Array.from({ length: count }, () => rng.int(network.vocabSize));
  const answer = LENGTH / 2;
  const pairs = Array.from(
    { length: PAIRS },
    (): EncodedPair => ({
      embedded: Float32Array.from({ length: SPEC.embeddingSize }, () => rng.normal()),
      prompt: ids(LENGTH - answer - SPEC.softTokens),
      chosen: ids(answer),
      rejected: ids(answer),
    }),
  );
  const shapes = [{ length: LENGTH, answer }];
  const batches = paddedBatches([...pairs.keys()], pairs, shapes, SPEC.softTokens, PAIRS, network);
  const compiled = trainingSteps(jax, network, paramsFromWeights(jax, weights, network), SPEC, {
    loss: { kind: "dpo", beta: 0.1 },
    dropout: 0.05,
    weightDecay: 0,
    clipNorm: 1,
  });
  let learner = compiled.start(adapterTree(jax, initialAdapter(SPEC, network, rootKey(1)), SPEC, network));
  const best = { wall: Number.POSITIVE_INFINITY, cpu: Number.POSITIVE_INFINITY };
  for (let step = 0; step < steps; step++) {
    const [begun, cpu] = [performance.now(), process.cpuUsage()];
    const seeds = dropoutSeeds(fold(rootKey(2), step), network.layers);
    const parts = batches.map((batch) => ({ batch, reference: new Float32Array(2 * batch.size), seeds }));
    ({ learner } = await compiled.learn(learner, parts, 1e-4));
    const { user, system } = process.cpuUsage(cpu);
    if (step === 0) console.log(`first step, with its compilation: ${seconds(performance.now() - begun)}`);
    // The best: other work on the machine only ever slows a step down.
    if (step >= 3) {
      best.wall = Math.min(best.wall, performance.now() - begun);
      best.cpu = Math.min(best.cpu, (user + system) / 1000);
    }
    if (step === 3 || (step + 1) % 100 === 0 || step === steps - 1) {
      console.log(`after step ${step + 1}: ${Math.round(process.memoryUsage().rss / 1e6)} MB resident`);
    }
  }
  const tokens = 2 * PAIRS * LENGTH;
  console.log(
    `jax-js, ${threads === 0 ? "no further threads" : `${threads} threads`}: ${seconds(best.wall)} a step, ` +
      `${Math.round((1000 * tokens) / best.wall)} tokens/s, ${Math.round((1000 * tokens) / best.cpu)} tokens/CPU s`,
  );
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(3)} s`;
}
