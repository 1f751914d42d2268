import type { LlamaConfig } from "./checkpoint/llama-config.ts";

/**
 * Angle per position of each of the headDim/2 rotated pairs: theta^(-2i/headDim) (Su et al. 2021, eq. 15), with
 * Llama 3's stretching where the checkpoint asks for it: wavelengths beyond the original context are multiplied by
 * `factor`, short ones stay, and those between are blended (Llama Team 2024; `rope_type: "llama3"`).
 */
export function inverseFrequencies({
  headDim,
  ropeTheta,
  ropeScaling,
  ropeFactors,
}: LlamaConfig): Float64Array {
  return Float64Array.from({ length: headDim / 2 }, (_, i) => {
    const frequency = ropeTheta ** ((-2 * i) / headDim) / (ropeFactors?.[i] ?? 1);
    if (ropeScaling === null) return frequency;
    const { factor, lowFreqFactor, highFreqFactor, originalMaxPositions } = ropeScaling;
    const wavelengths = (originalMaxPositions * frequency) / (2 * Math.PI);
    const share = (wavelengths - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
    const kept = Math.min(1, Math.max(0, share));
    return kept * frequency + ((1 - kept) * frequency) / factor;
  });
}
