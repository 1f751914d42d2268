import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../test/contracts/temporary-folder.ts";
import { writeRandomCheckpoint } from "../../../test/support/random-checkpoint.ts";
import { styleLabels, type TestUser, type TrainUser } from "../../core/artifacts.ts";
import { UsageError } from "../../core/errors.ts";
import type { LanguageModel } from "../../core/ports/language-model.ts";
import { plainMessages } from "../../core/prompt/prompts.ts";
import { rootKey } from "../../core/random.ts";
import { placeModel } from "../../neural/decoder/placed.ts";
import { openDecoderPool } from "../../neural/decoder/pool.ts";
import { llama } from "../../neural/jax/forward.ts";
import { tokenLogProbs } from "../../neural/jax/log-probs.ts";
import { paramsFromWeights } from "../../neural/jax/params.ts";
import { softPrompts } from "../../neural/jax/projector.ts";
import { loadJax } from "../../neural/jax/threads.ts";
import {
  type AdapterSpec,
  adapterTensors,
  adapterTree,
  initialAdapter,
} from "../../neural/training/adapter.ts";
import { adapterFiles, readAdapter } from "../../neural/training/adapter-files.ts";
import { mergeLora } from "../../neural/training/merge.ts";
import { softRows, unitLength } from "../../neural/training/soft-rows.ts";
import type { TunableModel } from "../../neural/tunable.ts";
import { createLocalProvider } from "../../providers/local/provider.ts";
import { memoryStore } from "../../store/memory.ts";
import type { MethodContext } from "../method.ts";
import { encodePairs } from "./encode.ts";
import { promptOptimizationOptions } from "./options.ts";
import { trainSoftPrompts } from "./train.ts";

const folder = temporaryFolder();
const labels = styleLabels(["casual"]);
const manners = ["hey hey", "Dear Sir"] as const;
const person = (i: number): TestUser => ({ id: `u${i}`, history: [manners[i % 2]!], prompt: `Q${i}?` });
/** Those who greet casually like "yo", the others "sir". */
const learner = (i: number): TrainUser => ({
  ...person(i),
  candidates: labels.map((label, side) => ({
    ...label,
    text: side === 0 ? "yo yo" : "sir sir",
    reward: side === i % 2 ? 8 : 3,
  })),
});
const train = Array.from({ length: 12 }, (_, i) => learner(i));
const validation = Array.from({ length: 4 }, (_, i) => learner(100 + i));

const embedder = {
  id: "test:greeting",
  identity: "test:greeting@1",
  simulated: false,
  embed: async (texts: readonly string[]) =>
    texts.map((text) => Float32Array.of(text.startsWith("hey") ? 2 : -2, 1, 0.5)),
};
const options = promptOptimizationOptions.parse({
  rank: 2,
  alpha: 4,
  epochs: 2,
  batchSize: 4,
  learningRate: 0.02,
});

let tunable: TunableModel;
/** A context that remembers what it was asked to keep. */
function contextWith(artifacts = memoryStore(), model: TunableModel | undefined = tunable) {
  const kept = new Map<string, Uint8Array>();
  const notes: string[] = [];
  const memo = new Map<string, unknown>();
  const context: MethodContext = {
    base: { id: "local:random" } as LanguageModel,
    embedder,
    labels,
    key: rootKey("prompt-optimization.test"),
    concurrency: 4,
    artifacts,
    memo: <T>(name: string, compute: () => T): T => {
      if (!memo.has(name)) memo.set(name, compute());
      return memo.get(name) as T;
    },
    http: { postJson: () => Promise.reject(new Error("not used")) },
    tunable: model,
    keep: (files) => {
      for (const [name, bytes] of files) kept.set(name, bytes);
    },
    learned: () => {},
    note: (message) => notes.push(message),
  };
  return { context, kept, notes };
}

beforeAll(() => {
  writeRandomCheckpoint(join(folder, "random"));
  const settings = { model: "random", temperature: 0, maxTokens: 8, options: { threads: 0 } };
  tunable = createLocalProvider(folder).tunable(settings, (model) => model, new AbortController().signal);
});

describe("prompt optimization", () => {
  it("learns, keeps its adapter, answers each user behind their own soft prompt, and does not train again", async () => {
    const store = memoryStore();
    const first = contextWith(store);
    const fitted = await trainSoftPrompts(options, train, validation, first.context);
    expect(first.notes.join("\n")).toContain("12 pairs to train on, 4 to validate");
    const [casual, formal] = await Promise.all([fitted.answer(person(0)), fitted.answer(person(1))]);
    expect(casual.text).not.toBe(formal.text);
    expect([...first.kept.keys()].sort()).toEqual([
      "adapter_config.json",
      "adapter_model.safetensors",
      "projector.json",
      "projector.safetensors",
    ]);

    const second = contextWith(store);
    const again = await trainSoftPrompts(options, train, validation, second.context);
    expect(second.notes).toEqual([]);
    expect(second.kept).toEqual(first.kept);
    expect(await again.answer(person(0))).toEqual(casual);
  });

  it("asks for the weights of the base before anything else", async () => {
    const { context } = contextWith(memoryStore());
    const fit = trainSoftPrompts(options, train, validation, { ...context, tunable: undefined });
    await expect(fit).rejects.toThrow(UsageError);
  });

  it("leaves out users whose rewards show no preference, and says so when nobody is left", async () => {
    const indifferent = train.map((user) => ({
      ...user,
      candidates: user.candidates.map((c) => ({ ...c, reward: 5 })),
    }));
    const fit = trainSoftPrompts(options, indifferent, validation, contextWith().context);
    await expect(fit).rejects.toThrow("no train user's rewards tell a best from a worst candidate");
    const mixed = [train[0]!, indifferent[1]!];
    expect(encodePairs(mixed, await embedder.embed(["hey", "Dear"]), tunable, options)).toHaveLength(1);
  });

  it("cuts prompts at their beginning and answers at their end, which then have no end token", async () => {
    const limits = { maxPromptTokens: 8, maxAnswerTokens: 4, softTokens: 1 };
    const [pair] = encodePairs([train[0]!], await embedder.embed(["hey"]), tunable, limits);
    const whole = tunable.tokenizer.chat(plainMessages("Q0?"));
    expect(pair?.prompt).toEqual(whole.slice(-8));
    const beginning = { ...limits, keepPrompt: "beginning" as const };
    const [begun] = encodePairs([train[0]!], await embedder.embed(["hey"]), tunable, beginning);
    expect(begun?.prompt).toEqual(whole.slice(0, 8));
    expect(tunable.tokenizer.decode(pair?.chosen ?? [])).toBe("yo y");
    const [uncut] = encodePairs([train[0]!], await embedder.embed(["hey"]), tunable, options);
    expect(uncut?.chosen.at(-1)).toBe(tunable.config.eosTokenIds[0]);
    expect(Math.hypot(...(uncut?.embedded ?? []))).toBeCloseTo(1, 6);
  });
});

describe("an adapter outside of training", () => {
  const spec: AdapterSpec = {
    embeddingSize: 3,
    projector: "mlp",
    softTokens: 2,
    rank: 3,
    alpha: 6,
    targets: ["q", "o", "gate", "down"],
  };
  const origin = {
    base: { name: "random", fingerprint: "f" },
    embedder: { id: embedder.id, identity: embedder.identity },
    dropout: 0.1,
  };
  /** A whole adapter: B, which begins at zero, is drawn, too. */
  const drawn = (): Float32Array => {
    const adapter = initialAdapter(spec, tunable.config, rootKey("adapter"));
    return adapter.map((x, i) => (x === 0 ? Math.sin(i) / 4 : x));
  };

  const write = (files: ReadonlyMap<string, Uint8Array>): void => {
    for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  };

  it("merged and decoded, it gives the log-probabilities of the network that was trained", async () => {
    const { config } = tunable;
    const jax = await loadJax(0);
    const { numpy: np } = jax;
    const adapter = drawn();
    const [prompt, answer] = [
      [5, 90, 120, 33],
      [70, 71, 99, 257],
    ];
    const net = llama(jax, config);
    const tree = adapterTree(jax, adapter, spec, config);
    const params = paramsFromWeights(jax, tunable.weights(), config);
    const embedded = unitLength(Float32Array.of(0.3, -2, 1));
    const ids = [...prompt, ...answer];
    const rows = np.concatenate(
      [
        softPrompts(jax, tree.projector, np.array(embedded, { shape: [1, 3] }), config.hiddenSize),
        net.embed(params.embed.ref, np.array(Int32Array.from(ids), { shape: [1, ids.length] })),
      ],
      1,
    );
    const logits = net.forward(params, rows, { pairs: tree.lora, scaling: spec.alpha / spec.rank });
    const before = spec.softTokens + prompt.length - 1;
    const targets = np.array(Int32Array.from(answer), { shape: [1, answer.length] });
    const expected = tokenLogProbs(
      jax,
      logits.slice([], [before, before + answer.length]),
      targets,
    ).dataSync();

    const merged = mergeLora(tunable.weights(), adapter, spec, config);
    const pool = openDecoderPool(placeModel(config, merged), { threads: 0 });
    const soft = softRows(adapterTensors(adapter, spec, config), spec, embedded);
    const scores = await pool.run({ kind: "score", prompt: [soft, prompt], continuation: answer });
    for (const [i, score] of scores.entries()) expect(score).toBeCloseTo(expected[i] as number, 4);
  });

  it("is read from its files as it was written", async () => {
    const adapter = drawn();
    const files = adapterFiles(adapter, spec, tunable.config, origin);
    write(files);
    expect(readAdapter(folder, tunable.config)).toEqual({ adapter, spec, origin });
    const lora = JSON.parse(Buffer.from(files.get("adapter_config.json") ?? []).toString());
    expect(lora).toMatchObject({
      peft_type: "LORA",
      task_type: "CAUSAL_LM",
      r: 3,
      lora_alpha: 6,
      target_modules: ["q_proj", "o_proj", "gate_proj", "down_proj"],
    });
    const header = Buffer.from(files.get("adapter_model.safetensors") ?? []).toString("latin1");
    expect(header).toContain('"base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight"');
    expect(header).toContain('"base_model.model.model.layers.0.mlp.down_proj.lora_B.weight"');
  });

  it("is refused by a network of another size, and where files are missing", () => {
    write(adapterFiles(drawn(), spec, tunable.config, origin));
    const wider = { ...tunable.config, layers: 3 };
    expect(() => readAdapter(folder, wider)).toThrow("the adapter does not fit the checkpoint");
    expect(() => readAdapter(join(folder, "random"), wider)).toThrow("not an adapter folder");
  });
});
