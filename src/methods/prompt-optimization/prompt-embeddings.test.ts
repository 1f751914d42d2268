import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../../test/contracts/temporary-folder.ts";
import { RANDOM_CONFIG, writeRandomCheckpoint } from "../../../test/support/random-checkpoint.ts";
import { plainMessages } from "../../core/prompt/prompts.ts";
import { rootKey } from "../../core/random.ts";
import { folderRows } from "../../neural/checkpoint/embedding-rows.ts";
import { readSafetensors } from "../../neural/checkpoint/safetensors.ts";
import { loadTokenizer } from "../../neural/tokenizer.ts";
import { type AdapterSpec, initialAdapter } from "../../neural/training/adapter.ts";
import { adapterFiles, readProjector } from "../../neural/training/adapter-files.ts";
import { promptEmbeddings } from "./prompt-embeddings.ts";

const folder = temporaryFolder();
const spec: AdapterSpec = {
  embeddingSize: 3,
  projector: "mlp",
  softTokens: 2,
  rank: 3,
  alpha: 6,
  targets: ["q"],
};
const embedder = {
  id: "test:three",
  identity: "test:three@1",
  simulated: false,
  embed: async () => [Float32Array.of(2, 1, 0.5)],
};

it("whole prompts as embeddings are the soft prompt, then the checkpoint's rows, of which no other is read", async () => {
  writeRandomCheckpoint(folder);
  const adapter = initialAdapter(spec, RANDOM_CONFIG, rootKey("adapter"));
  const origin = { base: { name: "random", fingerprint: "f" }, embedder, dropout: 0 };
  for (const [name, bytes] of adapterFiles(adapter, spec, RANDOM_CONFIG, origin)) {
    writeFileSync(join(folder, name), bytes);
  }
  const { hiddenSize } = RANDOM_CONFIG;
  const source = { rows: folderRows(folder), tokenizer: loadTokenizer(folder) };
  const user = { id: "u", history: ["hey"], prompt: "Q0?" };
  const { shape, data } = await promptEmbeddings(user, readProjector(folder, hiddenSize), source, embedder);
  const tokens = source.tokenizer.chat(plainMessages("Q0?"));
  expect(shape).toEqual([spec.softTokens + tokens.length, hiddenSize]);
  const matrix = readSafetensors(join(folder, "model.safetensors")).get("model.embed_tokens.weight")!.data;
  const last = tokens.at(-1)! * hiddenSize;
  expect(data.subarray(-hiddenSize)).toEqual(matrix.slice(last, last + hiddenSize));
  expect(() => readProjector(folder, 2 * hiddenSize)).toThrow("does not make 2 rows of 64 numbers");
});
