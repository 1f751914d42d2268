import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { weightsOf } from "../scripts/real/places.ts";
import { startRealServer } from "../scripts/real/server.ts";
import { timed } from "../src/neural/decoder/speed.ts";
import { openCheckpoint } from "../src/providers/local/checkpoint.ts";
import { checkpointSource } from "../src/providers/local/source.ts";

const PROMPT = 96;
const ANSWER = 16;
const TOGETHER = 8;
/** Linux counts a process's time in hundredths of a second. */
const TICKS = 100;

/** One of the two that are compared. */
interface Side {
  /** Seconds that answers to prompts of so many tokens take, all asked for together. */
  answer(promptTokens: number, maxTokens: number): Promise<number>;
  /** Seconds of processor time that it has used so far. */
  cpu(): number;
}
/** Tokens a second, of the clock and of the processor. */
interface Speeds {
  readonly wall: number;
  readonly cpu: number;
}

/**
 * SmolLM2's real weights, read and written by the decoder and by llama.cpp's server: the same prompts' lengths, numbers
 * of answers and threads, each round one after the other, so that other work on the machine meets both alike. Prints the
 * ratio of each round and the middle one. Processor time is the steadier of the two, and fair with one thread: more
 * threads of llama.cpp use it up while they wait for each other.
 */
export async function besideLlama(threads: number, rounds: number): Promise<void> {
  const checkpoint = openCheckpoint(await checkpointSource(weightsOf("smollm2"), "/", undefined), threads);
  const pool = checkpoint.pool();
  const ours: Side = {
    answer: (promptTokens, maxTokens) => timed(pool, checkpoint.config, TOGETHER, promptTokens, maxTokens),
    cpu: () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  };
  const server = await startRealServer({ model: "smollm2", slots: TOGETHER, context: 512, threads });
  const theirs: Side = { answer: llama(server.origin), cpu: () => cpuOf(server.pid) };
  console.log(
    `${threads} threads, load ${loadavg()[0]?.toFixed(1)} before; ${TOGETHER} together, prompts of ${PROMPT} tokens, ` +
      `answers of ${ANSWER}; ours / llama.cpp's`,
  );
  for (const side of [ours, theirs]) await side.answer(8, 2);
  const ratios: Record<string, number[]> = {};
  for (let i = 0; i < rounds; i++) {
    const [own, other] = [await speeds(ours), await speeds(theirs)];
    const said = (["read", "written"] as const).flatMap((what) =>
      (["wall", "cpu"] as const).map((clock) => {
        const [a, b] = [own[what][clock], other[what][clock]];
        const name = `${what}, tokens/${clock === "wall" ? "s" : "CPU s"}`;
        ratios[name] = [...(ratios[name] ?? []), a / b];
        return `${name} ${a.toFixed(0)} / ${b.toFixed(0)} = ${(a / b).toFixed(2)}`;
      }),
    );
    console.log(`round ${i + 1}: ${said.join("; ")}`);
  }
  for (const [name, found] of Object.entries(ratios)) {
    const middle = found.sort((a, b) => a - b)[Math.floor(rounds / 2)];
    console.log(`middle ratio of ${name}: ${middle?.toFixed(2)}`);
  }
  await server.stop();
  await checkpoint.close();
}

async function speeds(side: Side): Promise<{ readonly read: Speeds; readonly written: Speeds }> {
  const times = async (promptTokens: number, maxTokens: number): Promise<Speeds> => {
    const before = side.cpu();
    const wall = await side.answer(promptTokens, maxTokens);
    return { wall, cpu: side.cpu() - before };
  };
  const reading = await times(PROMPT, 1);
  const [first, all] = [await times(4, 1), await times(4, 1 + ANSWER)];
  const perSecond = (tokens: number, wall: number, cpu: number): Speeds => ({
    wall: (TOGETHER * tokens) / wall,
    cpu: (TOGETHER * tokens) / cpu,
  });
  return {
    read: perSecond(PROMPT, reading.wall, reading.cpu),
    written: perSecond(ANSWER, all.wall - first.wall, all.cpu - first.cpu),
  };
}

function llama(origin: string): Side["answer"] {
  let asked = 0;
  return async (promptTokens, maxTokens) => {
    const begun = performance.now();
    await Promise.all(
      Array.from({ length: TOGETHER }, async () => {
        const start = 7919 * ++asked;
        const prompt = Array.from({ length: promptTokens }, (_, i) => 100 + ((start + i * 31) % 40_000));
        const body = { prompt, n_predict: maxTokens, ignore_eos: true, cache_prompt: false, temperature: 0 };
        const response = await fetch(`${origin}/completion`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        });
        const { tokens_predicted: written } = (await response.json()) as { tokens_predicted?: number };
        if (written !== maxTokens)
          throw new Error(`llama.cpp wrote ${written} tokens instead of ${maxTokens}`);
      }),
    );
    return (performance.now() - begun) / 1000;
  };
}

/** Of a process, in user and system mode: fields 14 and 15 of its state. Nothing where there is no /proc. */
function cpuOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return Number.NaN;
  }
}
