import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "../../src/neural/checkpoint/safetensors.ts";
import { type AdapterSpec, flatAdapter } from "../../src/neural/training/adapter.ts";
import type { AgreementPlan } from "./agreement.ts";
import { packagePython } from "./package-python.ts";

const PROGRAM = join(import.meta.dirname, "exact.py");

/** A training's first step in double precision. */
export interface Exact {
  readonly loss: number;
  /** In the order of the flat adapter. */
  readonly gradient: Float32Array;
  /** Tensors of the base that are others for the trainer than in process, bit by bit. */
  readonly otherWeights: number;
}

/** @param job a folder with request and initial adapter; the request's order says what the first step is */
export function exactStep(
  { tunable, python, folder }: Pick<AgreementPlan, "tunable" | "python" | "folder">,
  job: string,
  spec: AdapterSpec,
): Exact {
  const out = join(folder, "exact");
  mkdirSync(out);
  writeFileSync(join(out, "config.json"), JSON.stringify(tunable.config));
  writeSafetensors(join(out, "weights.safetensors"), tunable.weights());
  packagePython(python, [PROGRAM, job, out, out]);
  const found = JSON.parse(readFileSync(join(out, "exact.json"), "utf8")) as Omit<Exact, "gradient">;
  const gradient = flatAdapter(readSafetensors(join(out, "exact.safetensors")), spec, tunable.config);
  return { ...found, gradient };
}
