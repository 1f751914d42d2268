import { homedir } from "node:os";
import { join } from "node:path";
import type { RealModel } from "./packages.ts";

/** Where the server and the weights are kept between runs. */
export const REAL_FOLDER = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "apm-bench", "real");
/** The interpreter that has the server. */
export const REAL_PYTHON = join(REAL_FOLDER, "python", "bin", "python");
/** all-MiniLM-L6-v2 as its wheel has it. */
export const ENCODER_FOLDER = join(REAL_FOLDER, "all-MiniLM-L6-v2");

const FILES: Readonly<Record<RealModel, string>> = {
  smollm2: "smollm2-135m-instruct-q4_1.gguf",
  qwen: "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
  gemma: "gemma3-270m-q4_k_m.gguf",
  minilm: "all-MiniLM-L6-v2.gguf",
};

/** The file that the server loads. */
export const weightsOf = (model: RealModel): string => join(REAL_FOLDER, FILES[model]);
