import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fold, rngOf, rootKey } from "../../src/core/random.ts";
import { readSafetensors } from "../../src/neural/checkpoint/safetensors.ts";
import type { Projection } from "../../src/neural/jax/forward.ts";
import type { PreferenceLoss } from "../../src/neural/jax/preference.ts";
import {
  type AdapterSpec,
  adapterTensors,
  flatAdapter,
  initialAdapter,
} from "../../src/neural/training/adapter.ts";
import { adapterFiles } from "../../src/neural/training/adapter-files.ts";
import type { EncodedPair } from "../../src/neural/training/pairs.ts";
import type { TunableModel } from "../../src/neural/tunable.ts";
import { type Exact, exactStep } from "./exact.ts";
import { FIRST_SHARE, type PlannedTraining, type Trained, trainInProcess } from "./in-process.ts";
import { packagePython } from "./package-python.ts";
import { mannerPairs, type PairLimits } from "./pairs.ts";

export interface AgreementPlan {
  /** Folder or GGUF file. */
  readonly path: string;
  readonly tunable: TunableModel;
  readonly loss: PreferenceLoss;
  readonly targets: readonly Projection[];
  readonly pairs: { readonly train: number; readonly validation: number };
  readonly limits: PairLimits;
  readonly batchSize: number;
  readonly epochs: number;
  readonly learningRate: number;
  /** Where the job's folder is made. */
  readonly folder: string;
  /** Interpreter of the trainer's environment. */
  readonly python: string;
}

export interface Agreement {
  /** Of the first step's loss, relative. */
  readonly loss: number;
  /** Norm of the difference of the first step's gradients over their norm. */
  readonly gradient: number;
  /** How far each is from double precision: of the first step's loss and gradient, relative. */
  readonly fromExact: Readonly<
    Record<"trainer" | "inProcess", { readonly loss: number; readonly gradient: number }>
  >;
  /** Tensors of the base in which one side's weights are others than the other's. */
  readonly otherWeights: number;
  /** The largest of all steps' losses, relative. */
  readonly worstLoss: number;
  /** Validation margins, by trainer and in process: means after training, and their relative difference. */
  readonly meanMargin: { readonly trainer: number; readonly inProcess: number; readonly difference: number };
  /** Mean validation margin before training, in process. */
  readonly untrainedMargin: number;
  readonly decidedOtherwise: number;
  readonly validationPairs: number;
  readonly seconds: { readonly trainer: number; readonly inProcess: number };
}

/** The same training in process and by the trainer: one initial adapter from a file, one order, no dropout, 32 bits. */
export async function agreement(plan: AgreementPlan): Promise<Agreement> {
  const { tunable, pairs, limits, batchSize, epochs } = plan;
  const all = mannerPairs(pairs.train + pairs.validation, tunable, limits);
  const [train, validation] = [all.slice(0, pairs.train), all.slice(pairs.train)];
  const spec: AdapterSpec = {
    embeddingSize: (all[0] as EncodedPair).embedded.length,
    projector: "mlp",
    softTokens: 1,
    rank: 2,
    alpha: 4,
    targets: plan.targets,
  };
  const order = Array.from({ length: epochs }, (_, epoch) => {
    const rows = rngOf(fold(rootKey("order"), epoch)).shuffle([...train.keys()]);
    return Array.from({ length: Math.ceil(rows.length / batchSize) }, (_, i) =>
      rows.slice(i * batchSize, (i + 1) * batchSize),
    );
  });
  const planned: PlannedTraining = {
    spec,
    // Never reached: the trainer's gradient is read from Adam's state, which sees it clipped.
    options: { loss: plan.loss, dropout: 0, weightDecay: 0, clipNorm: 1e9 },
    learningRate: plan.learningRate,
    warmup: 0.1,
    initial: wholeAdapter(spec, tunable),
    train,
    validation,
    batches: order.flat(),
  };
  const there = byTrainer(plan, planned, order);
  const exact = exactStep(plan, join(plan.folder, "step"), spec);
  const here = await trainInProcess(tunable, planned);
  return compared(here, there, exact);
}

/** A drawn adapter whose B is drawn, too: at zero, nothing of A would be seen. */
function wholeAdapter(spec: AdapterSpec, { config }: TunableModel): Float32Array<ArrayBuffer> {
  const adapter = initialAdapter(spec, config, rootKey("agreement"));
  const rng = rngOf(rootKey("agreement B"));
  return adapter.map((x) => (x === 0 ? (rng.uniform() - 0.5) / 50 : x));
}

/** Two jobs: one step, after which Adam's state tells the gradient, and the whole training. */
function byTrainer(plan: AgreementPlan, planned: PlannedTraining, order: readonly number[][][]): Trained {
  const step = layJob(plan, planned, [[(order[0] as number[][])[0] as number[]]], "step");
  const training = layJob(plan, planned, order, "training");
  const { python, path, tunable } = plan;
  // Both in one process: the libraries take longer to load than the tiny network to train.
  const program =
    "import sys; from pathlib import Path; from apm_trainer.jobs.run import run_job\n" +
    "sys.exit(max(run_job(Path(job), (Path(sys.argv[1]),)) for job in sys.argv[2:]))";
  packagePython(python, ["-c", program, dirname(resolve(path)), step, training]);
  const result = JSON.parse(readFileSync(join(training, "result.json"), "utf8")) as {
    lossCurve: { loss: number }[];
    margins: Record<string, number>;
    run: { seconds: number };
  };
  const { spec, initial, validation } = planned;
  const state = readSafetensors(join(step, "checkpoint", "state.safetensors"));
  const firsts = [...adapterTensors(initial, spec, tunable.config).keys()].map((tensor) => {
    const found = state.get(`first.${tensor}`);
    if (found === undefined) throw new Error(`the trainer's state lacks first.${tensor}`);
    return [tensor, { ...found, data: found.data.map((x: number) => x / FIRST_SHARE) }] as const;
  });
  return {
    losses: result.lossCurve.map((one) => one.loss),
    firstGradient: flatAdapter(new Map(firsts), spec, tunable.config),
    margins: [[], validation.map((_, i) => result.margins[`validation-${i}`] as number)],
    seconds: result.run.seconds,
  };
}

/** Writes a job's folder, the initial adapter in it. */
function layJob(
  { tunable, path, folder }: AgreementPlan,
  { spec, options, learningRate, warmup, initial, train, validation }: PlannedTraining,
  order: readonly (readonly (readonly number[])[])[],
  name: string,
): string {
  const job = join(folder, name);
  const named = (pairs: readonly EncodedPair[], of: string) =>
    pairs.map(({ embedded, ...pair }, i) => ({ id: `${of}-${i}`, embedded: [...embedded], ...pair }));
  const { loss } = options;
  const settings = {
    ...(loss.kind === "dpo"
      ? { loss: "dpo", beta: loss.beta }
      : { loss: "simpo", beta: loss.beta, gamma: loss.gamma }),
    ...{ projector: spec.projector, softTokens: spec.softTokens, rank: spec.rank, alpha: spec.alpha },
    ...{
      targets: spec.targets,
      dropout: 0,
      precision: "float32",
      optimizer: "ours",
      keep: "last",
      warmup,
      learningRate,
    },
    ...{ clipNorm: options.clipNorm, epochs: order.length, batchSize: 1, initial: true },
  };
  const embedder = { id: "agreement", identity: "agreement@1" };
  const request = {
    protocol: 1,
    kind: "soft-prompt",
    model: { path: resolve(path), fingerprint: tunable.fingerprint },
    data: { embedder, order, train: named(train, "train"), validation: named(validation, "validation") },
    settings,
  };
  mkdirSync(join(job, "initial"), { recursive: true });
  const base = { name: tunable.name, fingerprint: tunable.fingerprint };
  for (const [file, bytes] of adapterFiles(initial, spec, tunable.config, { base, embedder, dropout: 0 })) {
    writeFileSync(join(job, "initial", file), bytes);
  }
  writeFileSync(join(job, "request.json"), JSON.stringify(request));
  return job;
}

function compared(here: Trained, there: Trained, exact: Exact): Agreement {
  const relative = (a: number, b: number): number => Math.abs(a - b) / Math.abs(b);
  const norm = (x: Float32Array): number => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  const apart = (a: Float32Array, b: Float32Array): number =>
    norm(a.map((x, i) => x - (b[i] as number))) / norm(b);
  const fromExact = ({ losses, firstGradient }: Trained) => ({
    loss: relative(losses[0] as number, exact.loss),
    gradient: apart(firstGradient, exact.gradient),
  });
  const mean = (x: readonly number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length;
  const [untrained, ours] = here.margins;
  const [, theirs] = there.margins;
  const losses = here.losses.map((loss, i) => relative(there.losses[i] as number, loss));
  return {
    loss: losses[0] as number,
    gradient: apart(there.firstGradient, here.firstGradient),
    fromExact: { trainer: fromExact(there), inProcess: fromExact(here) },
    otherWeights: exact.otherWeights,
    worstLoss: Math.max(...losses),
    meanMargin: {
      trainer: mean(theirs),
      inProcess: mean(ours),
      difference: relative(mean(theirs), mean(ours)),
    },
    untrainedMargin: mean(untrained),
    decidedOtherwise: ours.filter((margin, i) => margin > 0 !== (theirs[i] as number) > 0).length,
    validationPairs: ours.length,
    seconds: { trainer: there.seconds, inProcess: here.seconds },
  };
}
