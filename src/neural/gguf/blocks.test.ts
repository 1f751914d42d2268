import { expect, it } from "vitest";
// By the package `gguf` (test/reference/gguf_blocks.py).
import reference from "./blocks.reference.json" with { type: "json" };
import { BLOCK_FORMATS } from "./blocks.ts";

it("has reference values for every format", () => {
  expect(reference.map(({ type }) => type).sort()).toEqual(Object.keys(BLOCK_FORMATS).sort());
});

it.each(reference)("reads $type as llama.cpp's own package does", ({ type, hex, values }) => {
  const format = BLOCK_FORMATS[type]!;
  const bytes = Uint8Array.from(Buffer.from(hex, "hex"));
  const from = { bytes, signed: new Int8Array(bytes.buffer), halves: new Float16Array(bytes.buffer) };
  expect(bytes.length % format.bytes).toBe(0);
  const read = new Float32Array(values.length);
  for (let at = 0, to = 0; at < bytes.length; at += format.bytes, to += format.size) {
    format.read(from, at, read, to);
  }
  // Its own sums are rounded once more where a minimum is added.
  const margin = Math.max(...values.map(Math.abs)) * 2 ** -23;
  const worst = Math.max(...values.map((value, i) => Math.abs(value - read[i]!)));
  expect(worst).toBeLessThanOrEqual(margin);
});
