/**
 * Speed of the `local` provider's decoder on networks of random weights: reading prompts and writing answers, in tokens
 * a second, on one thread and on all; beside PyTorch where /usr/bin/python3 has it. With --llama instead, on the real
 * weights of SmolLM2 beside llama.cpp's server, by turns, as ratios (`npm run test:real` installs both).
 *
 *   node bench/generation.ts [--torch] [tiny|small|135M]...
 *   [APM_REAL_THREADS=1] node bench/generation.ts --llama [rounds]
 */
import { spawnSync } from "node:child_process";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import type { LlamaConfig } from "../src/neural/checkpoint/llama-config.ts";
import { parameterCount } from "../src/neural/checkpoint/weights.ts";
import { placeModel } from "../src/neural/decoder/placed.ts";
import { openDecoderPool } from "../src/neural/decoder/pool.ts";
import { madeUpWeights, timed } from "../src/neural/decoder/speed.ts";
import { besideLlama } from "./beside-llama.ts";
import { SMALL_LLAMA } from "./small-llama.ts";

const BASE = SMALL_LLAMA;
const CONFIGS: Readonly<Record<string, LlamaConfig>> = {
  tiny: BASE,
  small: { ...BASE, vocabSize: 2048, hiddenSize: 192, intermediateSize: 512, heads: 6, kvHeads: 2 },
  /** The shape of SmolLM2-135M. */
  "135M": {
    ...BASE,
    vocabSize: 49_152,
    hiddenSize: 576,
    intermediateSize: 1536,
    layers: 30,
    heads: 9,
    kvHeads: 3,
    headDim: 64,
  },
};
/** Seconds. The processor's own count all threads, and hardly change when other work has the machine, too. */
interface Times {
  readonly wall: number;
  readonly cpu: number;
}

const PROMPT = 256;
const ANSWER = 128;

const all = availableParallelism();
const [, rounds] = /--llama ?(\d*)/.exec(process.argv.slice(2).join(" ")) ?? [];
if (rounds !== undefined) {
  // Threads of llama.cpp wait for each other: where other work has the cores, one each compares best.
  await besideLlama(Number(process.env.APM_REAL_THREADS ?? all), Number(rounds || 3));
  process.exit();
}
const threadCounts = [...new Set([1, all])];
const asked = process.argv.slice(2).filter((word) => word in CONFIGS);
const names = asked.length > 0 ? asked : ["tiny", "small"];
console.log(
  `${all} cores, load ${loadavg()[0]?.toFixed(1)} before; prompts of ${PROMPT} tokens, answers of ${ANSWER}`,
);
console.log(
  "network | parameters | threads | together | prompt tokens/s | answer tokens/s | prompt tokens/CPU s | answer tokens/CPU s",
);
for (const name of names) {
  const config = CONFIGS[name] as LlamaConfig;
  for (const threads of threadCounts) {
    for (const together of [1, 16 * threads]) await measure(name, config, threads, together);
  }
}
if (process.argv.includes("--torch")) {
  for (const name of names) {
    for (const threads of threadCounts) {
      const script = join(import.meta.dirname, "generation_torch.py");
      const args = [script, JSON.stringify(CONFIGS[name]), String(threads), String(PROMPT), String(ANSWER)];
      const { stdout, stderr } = spawnSync("/usr/bin/python3", args, { encoding: "utf8" });
      process.stdout.write(
        stdout === "" ? `PyTorch was not measured: ${stderr}\n` : stdout.replaceAll("NAME", name),
      );
    }
  }
}

async function measure(name: string, config: LlamaConfig, threads: number, together: number): Promise<void> {
  const pool = openDecoderPool(placeModel(config, madeUpWeights(config)), { threads });
  const answers = async (maxTokens: number): Promise<Times> => {
    const before = process.cpuUsage();
    const wall = await timed(pool, config, together, PROMPT, maxTokens);
    const { user, system } = process.cpuUsage(before);
    return { wall, cpu: (user + system) / 1e6 };
  };
  await answers(1 + ANSWER);
  // The best of three: other work on the machine only ever slows a measurement down.
  const best = async (maxTokens: number): Promise<Times> => {
    const times = [await answers(maxTokens), await answers(maxTokens), await answers(maxTokens)];
    return { wall: Math.min(...times.map((t) => t.wall)), cpu: Math.min(...times.map((t) => t.cpu)) };
  };
  const [reading, both] = [await best(1), await best(1 + ANSWER)];
  await pool.close();
  const perSecond = (kind: keyof Times): number[] => [
    Math.round((together * PROMPT) / reading[kind]),
    Math.round((together * ANSWER) / (both[kind] - reading[kind])),
  ];
  const parameters = `${(parameterCount(config) / 1e6).toFixed(1)} M`;
  console.log([name, parameters, threads, together, ...perSecond("wall"), ...perSecond("cpu")].join(" | "));
}
