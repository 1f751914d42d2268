import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import type { LlamaConfig } from "../checkpoint/llama-config.ts";
import { readSafetensors, safetensorsParts, type Tensor } from "../checkpoint/safetensors.ts";
import { parseSafetensors } from "../checkpoint/safetensors-bytes.ts";
import { PROJECTIONS, type Projection } from "../jax/forward.ts";
import { projectionPath } from "../jax/params.ts";
import { type AdapterSpec, adapterTensors, flatAdapter } from "./adapter.ts";

/** What an adapter belongs to, besides its numbers. */
export interface AdapterOrigin {
  readonly base: { readonly name: string; readonly fingerprint: string };
  /** Whose vectors the projector takes. */
  readonly embedder: { readonly id: string; readonly identity: string };
  readonly dropout: number;
}

const FILES = {
  loraConfig: "adapter_config.json",
  lora: "adapter_model.safetensors",
  projectorConfig: "projector.json",
  projector: "projector.safetensors",
} as const;
const SCHEMA = "apm-bench/projector@1";

/** The last part of a projection's name, which PEFT calls its module. */
const moduleName = (projection: Projection): string =>
  projectionPath(0, projection).split(".").at(-1) as string;

/**
 * The files of an adapter by name: LoRA in PEFT's layout (`adapter_config.json`, `adapter_model.safetensors`), the
 * projector and what it takes beside it.
 */
export function adapterFiles(
  adapter: Float32Array,
  spec: AdapterSpec,
  config: LlamaConfig,
  { base, embedder, dropout }: AdapterOrigin,
): Map<string, Uint8Array> {
  const tensors = [...adapterTensors(adapter, spec, config)];
  const pick = (isProjector: boolean): Map<string, Tensor> =>
    new Map(tensors.filter(([name]) => name.startsWith("projector.") === isProjector));
  const json = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  return new Map<string, Uint8Array>([
    [
      FILES.loraConfig,
      json({
        peft_type: "LORA",
        task_type: "CAUSAL_LM",
        base_model_name_or_path: base.name,
        r: spec.rank,
        lora_alpha: spec.alpha,
        lora_dropout: dropout,
        target_modules: spec.targets.map(moduleName),
        bias: "none",
        fan_in_fan_out: false,
        inference_mode: true,
        init_lora_weights: true,
        modules_to_save: null,
      }),
    ],
    [FILES.lora, Buffer.concat([...safetensorsParts(pick(false))])],
    [
      FILES.projectorConfig,
      json({
        schema: SCHEMA,
        kind: spec.projector,
        softTokens: spec.softTokens,
        embeddingSize: spec.embeddingSize,
        hiddenSize: config.hiddenSize,
        history: "prompts of the history joined by a blank line, embedded, brought to length 1",
        embedder,
        base,
      }),
    ],
    [FILES.projector, Buffer.concat([...safetensorsParts(pick(true))])],
  ]);
}

const loraConfigSchema = z.object({
  peft_type: z.literal("LORA"),
  r: z.int().min(1),
  lora_alpha: z.number().positive(),
  lora_dropout: z.number().default(0),
  target_modules: z.array(z.string()),
});
const projectorSchema = z.object({
  schema: z.literal(SCHEMA),
  kind: z.enum(["linear", "mlp"]),
  softTokens: z.int().min(1),
  embeddingSize: z.int().min(1),
  embedder: z.object({ id: z.string(), identity: z.string() }),
  base: z.object({ name: z.string(), fingerprint: z.string() }),
});

export interface LoadedAdapter {
  readonly adapter: Float32Array<ArrayBuffer>;
  readonly spec: AdapterSpec;
  readonly origin: AdapterOrigin;
}

/** The name of the base LLM that an adapter folder was trained on. @throws UsageError */
export function adapterBase(folder: string): string {
  return readJson(join(folder, FILES.projectorConfig), projectorSchema).base.name;
}

/** The part of an adapter that makes soft prompts, which needs no network. */
export interface LoadedProjector {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly spec: Pick<AdapterSpec, "projector" | "softTokens" | "embeddingSize">;
  readonly origin: Omit<AdapterOrigin, "dropout">;
}

/**
 * Reads the projector of an adapter folder.
 * @param hiddenSize of the base LLM
 * @throws UsageError for a file that is missing or of another form, or a projector for a network of another width
 */
export function readProjector(folder: string, hiddenSize: number): LoadedProjector {
  const path = join(folder, FILES.projector);
  return checkedProjector(
    readJson(join(folder, FILES.projectorConfig), projectorSchema),
    readSafetensors(path),
    hiddenSize,
    path,
  );
}

/** The same of an adapter's files in memory. @throws UsageError as `readProjector` */
export function projectorOf(files: ReadonlyMap<string, Uint8Array>, hiddenSize: number): LoadedProjector {
  const bytes = (name: string): Uint8Array => files.get(name) ?? new Uint8Array();
  const config = projectorSchema.parse(JSON.parse(Buffer.from(bytes(FILES.projectorConfig)).toString()));
  return checkedProjector(config, parseSafetensors(bytes(FILES.projector)), hiddenSize, FILES.projector);
}

function checkedProjector(
  { embedder, base, kind, softTokens, embeddingSize }: z.output<typeof projectorSchema>,
  tensors: ReadonlyMap<string, Tensor>,
  hiddenSize: number,
  where: string,
): LoadedProjector {
  const last = tensors.get(`projector.${kind === "mlp" ? "second" : "first"}.bias`);
  if (last?.data.length !== softTokens * hiddenSize) {
    throw new UsageError(`the projector does not make ${softTokens} rows of ${hiddenSize} numbers`, {
      where,
      remedy: `give the checkpoint that it was trained on: ${base.name}`,
    });
  }
  return { tensors, spec: { projector: kind, softTokens, embeddingSize }, origin: { base, embedder } };
}

/**
 * Reads an adapter folder for a network.
 * @throws UsageError for a file that is missing or of another form, or an adapter of another network
 */
export function readAdapter(folder: string, config: LlamaConfig): LoadedAdapter {
  const lora = readJson(join(folder, FILES.loraConfig), loraConfigSchema);
  const { embedder, base, ...projector } = readJson(join(folder, FILES.projectorConfig), projectorSchema);
  const targets = PROJECTIONS.filter((p) => lora.target_modules.includes(moduleName(p)));
  const spec: AdapterSpec = {
    embeddingSize: projector.embeddingSize,
    projector: projector.kind,
    softTokens: projector.softTokens,
    rank: lora.r,
    alpha: lora.lora_alpha,
    targets,
  };
  const tensors = new Map([
    ...readSafetensors(join(folder, FILES.lora)),
    ...readSafetensors(join(folder, FILES.projector)),
  ]);
  try {
    if (targets.length < lora.target_modules.length) {
      throw new RangeError(`LoRA on ${lora.target_modules.join(", ")}, not all of which can be adapted`);
    }
    const adapter = flatAdapter(tensors, spec, config);
    return { adapter, spec, origin: { base, embedder, dropout: lora.lora_dropout } };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UsageError(`the adapter does not fit the checkpoint: ${cause.message}`, {
      where: folder,
      remedy: `give the checkpoint that it was trained on: ${base.name}`,
      cause,
    });
  }
}

function readJson<T>(path: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new UsageError("not an adapter folder: a file cannot be read", {
      where: path,
      remedy: "give a folder that a run wrote: <out>/adapters/<method>/world-<seed>",
      cause,
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`not of the expected form: ${issue?.path.join(".")}: ${issue?.message}`, {
    where: path,
  });
}
