import { mkdirSync, openSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../test/contracts/temporary-folder.ts";
import { folderRows } from "./embedding-rows.ts";

const folder = temporaryFolder();

/** A checkpoint of more than 3 GiB, most of it a hole: [5, 4] rows of bfloat16, row r of the number r + 1. */
function largeCheckpoint(name: string, matrix: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  const rest = 3 * 2 ** 30;
  const header = JSON.stringify({
    "model.layers.0.mlp.up_proj.weight": {
      dtype: "BF16",
      shape: [2 ** 15, rest / 2 ** 16],
      data_offsets: [0, rest],
    },
    [matrix]: { dtype: "BF16", shape: [5, 4], data_offsets: [rest, rest + 40] },
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = join(path, "model.safetensors");
  const fd = openSync(file, "w");
  writeSync(fd, Buffer.concat([length, Buffer.from(header)]));
  truncateSync(file, 8 + header.length + rest);
  const bits = Uint16Array.from({ length: 20 }, (_, i) => {
    const wide = new Uint32Array(Float32Array.of(Math.floor(i / 4) + 1).buffer)[0]!;
    return wide >>> 16;
  });
  writeSync(fd, new Uint8Array(bits.buffer), 0, 40, 8 + header.length + rest);
  return path;
}

describe("rows of an embedding matrix", () => {
  it.each(["model.embed_tokens.weight", "model.language_model.embed_tokens.weight"])(
    "are read alone, of a checkpoint that is too large to be run here, where they are called %s",
    (matrix) => {
      const rows = folderRows(largeCheckpoint(matrix, matrix));
      expect(rows.hiddenSize).toBe(4);
      expect([...rows.read([4, 0, 4])]).toEqual([5, 5, 5, 5, 1, 1, 1, 1, 5, 5, 5, 5]);
      expect(() => rows.read([5])).toThrow("token 5 of the tokenizer has no row among the 5");
    },
  );

  it("are missed where there are none", () => {
    expect(() => folderRows(largeCheckpoint("none", "model.wte.weight"))).toThrow("has no embedding matrix");
  });
});
