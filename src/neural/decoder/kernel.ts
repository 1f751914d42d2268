import { moduleOf } from "../../numerics/wasm/assemble.ts";
import { type WasmMemory, wasm } from "../../numerics/wasm/shared-memory.ts";
import { matMulBytesCode, shortenCode } from "./byte-code.ts";
import { gateCode, softmaxCode } from "./exponential-code.ts";
import { matMulCode } from "./matmul-code.ts";

/**
 * The arithmetic that takes nearly all of a network's time, on SIMD instructions: some ten times the speed of the same
 * loops in JavaScript. Addresses and distances are in bytes of the memory.
 *
 * Sums are built in the same order whatever stands beside them: lane l of four adds the numbers l, l + 4, ..., and then
 * (lane 0 + lane 2) + (lane 1 + lane 3). So a row's result does not depend on the rows around it, and a sequence decodes
 * to the same tokens alone, in a batch, and from a cache. Every operation is rounded by itself (no fused multiply-add),
 * so that it is the same on every machine.
 */
export interface Kernel {
  /** out[i, j] = sum over p of x[i, p] w[j, p], for m rows of x and n rows of w, each of k numbers (a multiple of 4). */
  matmul(
    x: number,
    xStride: number,
    w: number,
    wStride: number,
    out: number,
    outStride: number,
    m: number,
    n: number,
    k: number,
  ): void;
  /**
   * The same of rows in blocks of 32 numbers that share a scale (a 32-bit float): x of 16 bits, w of 8. Products and their
   * sums within a block are whole numbers, and exact.
   * @param scaleStride bytes from row to row of both scales
   * @param blocks of a row; k is 32 times as many
   */
  matmulBytes(
    x: number,
    xScales: number,
    xStride: number,
    w: number,
    wScales: number,
    wStride: number,
    scaleStride: number,
    out: number,
    outStride: number,
    m: number,
    n: number,
    blocks: number,
  ): void;
  /**
   * Floats to blocks of 16 bits: the greatest magnitude of 32 numbers becomes 32,767, and what is rounded is less than
   * 1.6e-5 of it.
   */
  shorten(from: number, to: number, scales: number, blocks: number): void;
  /**
   * Scores become weights that sum to 1: exp(scale * score) over their sum. Those of -Infinity become 0 exactly.
   * @param bytes a multiple of 16
   */
  softmax(scores: number, bytes: number, scale: number): void;
  /** gate = gate / (1 + exp(-gate)) * up. @param bytes a multiple of 16 */
  gate(gate: number, up: number, bytes: number): void;
}

let bytes: Uint8Array<ArrayBuffer> | undefined;

export function createKernel(memory: WasmMemory): Kernel {
  bytes ??= moduleOf([matMulCode(), matMulBytesCode(), shortenCode(), softmaxCode(), gateCode()]);
  return new wasm.Instance(new wasm.Module(bytes), { apm: { memory } }).exports as Kernel;
}
