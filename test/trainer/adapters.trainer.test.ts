import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rootKey } from "../../src/core/random.ts";
import { placeModel } from "../../src/neural/decoder/placed.ts";
import { openDecoderPool } from "../../src/neural/decoder/pool.ts";
import { type AdapterSpec, adapterTensors, initialAdapter } from "../../src/neural/training/adapter.ts";
import { adapterFiles, readAdapter } from "../../src/neural/training/adapter-files.ts";
import { mergeLora } from "../../src/neural/training/merge.ts";
import { softRows, unitLength } from "../../src/neural/training/soft-rows.ts";
import type { TunableModel } from "../../src/neural/tunable.ts";
import { systemClock } from "../../src/providers/decorators/system-clock.ts";
import { httpTransport } from "../../src/providers/http/transport.ts";
import { createLocalProvider } from "../../src/providers/local/provider.ts";
import { httpTrainer } from "../../src/providers/trainer/http-trainer.ts";
import { trainerRequests } from "../../src/providers/trainer/requests.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { writeRandomCheckpoint } from "../support/random-checkpoint.ts";
import { QUESTIONS, softPromptJob } from "../support/trainer-jobs.ts";
import { type RealTrainer, startRealTrainer } from "./real-trainer.ts";

const folder = temporaryFolder();
const stop = new AbortController().signal;
let tunable: TunableModel;
let server: RealTrainer;
const trainer = () =>
  httpTrainer(trainerRequests(server.url, { env: {}, transport: httpTransport({}, stop), stop }), {
    clock: systemClock,
    stop,
  });

beforeAll(async () => {
  writeRandomCheckpoint(join(folder, "llama"));
  const settings = { model: "llama", temperature: 0, maxTokens: 8, options: { threads: 0 } };
  tunable = createLocalProvider(folder).tunable(settings, (model) => model, stop);
  server = await startRealTrainer(join(folder, "work"), [folder]);
});
afterAll(() => server.stop());

/** What the decoder of this package says, by the adapter that lies in a folder. */
async function decoded(adapterFolder: string): Promise<string[]> {
  const { config, tokenizer } = tunable;
  const { adapter, spec } = readAdapter(adapterFolder, config);
  const tensors = adapterTensors(adapter, spec, config);
  const pool = openDecoderPool(placeModel(config, mergeLora(tunable.weights(), adapter, spec, config)), {
    threads: 0,
  });
  const answers: string[] = [];
  for (const { embedded, messages, maxTokens } of QUESTIONS) {
    const vector = new Float32Array(Uint8Array.from(Buffer.from(embedded, "base64")).buffer);
    const { ids } = await pool.run({
      kind: "generate",
      prompt: [softRows(tensors, spec, unitLength(vector)), tokenizer.chat(messages as never)],
      maxTokens,
      stopIds: config.eosTokenIds,
      sampling: { temperature: 0, topK: 0, topP: 1, minP: 0 },
      key: rootKey("unused"),
    });
    answers.push(tokenizer.decode(ids).trim());
  }
  return answers;
}

function written(name: string, files: ReadonlyMap<string, Uint8Array>): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, bytes] of files) writeFileSync(join(path, file), bytes);
  return path;
}

describe("an adapter", () => {
  it("that the trainer has made is read here, and says the same", async () => {
    const settings = {
      rank: 2,
      alpha: 4,
      batchSize: 2,
      learningRate: 0.05,
      epochs: 2,
      projector: "mlp",
      softTokens: 2,
    };
    const job = softPromptJob({ path: "llama", fingerprint: tunable.fingerprint }, settings);
    const { files } = (await trainer().train(job, () => {})) as { files: { name: string }[] };
    const bytes = new Map<string, Uint8Array>();
    for (const { name } of files) bytes.set(name, await trainer().file(job.key, name));
    const own = await decoded(written("made-there", bytes));
    const answers = await trainer().answers(job.key, QUESTIONS);
    expect(answers.map(({ text }) => text.trim())).toEqual(own);
  });

  it("that was made here is answered for by the trainer, and says the same", async () => {
    const spec: AdapterSpec = {
      embeddingSize: 3,
      projector: "linear",
      softTokens: 1,
      rank: 3,
      alpha: 6,
      targets: ["q", "o", "gate"],
    };
    const adapter = initialAdapter(spec, tunable.config, rootKey("adapter")).map((x, i) =>
      x === 0 ? Math.sin(i) / 4 : x,
    );
    const origin = {
      base: { name: "llama", fingerprint: tunable.fingerprint },
      embedder: { id: "test:numbers", identity: "test" },
      dropout: 0,
    };
    const files = adapterFiles(adapter, spec, tunable.config, origin);
    const { embeddingSize: _, ...settings } = spec;
    const job = {
      ...softPromptJob({ path: "llama" }, { ...settings, epochs: 0, initial: true }),
      key: "d4".repeat(16),
      initial: files,
    };
    await trainer().train(job, () => {});
    const answers = await trainer().answers(job.key, QUESTIONS);
    expect(answers.map(({ text }) => text.trim())).toEqual(await decoded(written("made-here", files)));
  });
});
