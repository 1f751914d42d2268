import fc from "fast-check";
import { expect, test } from "vitest";
import { csrRows } from "./csr-rows.ts";

test("rows come out as they went in, however many entries they have, and take no more room than those", () => {
  const row = fc.uniqueArray(fc.nat(4999), { maxLength: 700 });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), (columns) => {
      const sorted = columns.map((own) => Uint32Array.from(own).sort());
      const rows = csrRows(sorted.length);
      for (const own of sorted)
        rows.add(
          own,
          Float32Array.from(own, (column) => column / 7),
        );
      const matrix = rows.matrix(5000);
      expect({ rows: matrix.rows, columns: matrix.columns }).toEqual({ rows: sorted.length, columns: 5000 });
      const entries = sorted.reduce((sum, own) => sum + own.length, 0);
      expect(matrix.indices.buffer.byteLength).toBe(4 * entries);
      for (const [i, own] of sorted.entries()) {
        const range = [matrix.offsets[i], matrix.offsets[i + 1]];
        expect(matrix.indices.subarray(...range)).toEqual(own);
        expect(matrix.values.subarray(...range)).toEqual(Float32Array.from(own, (column) => column / 7));
      }
    }),
    { numRuns: 50 },
  );
});

test("a row may be reused once it was added", () => {
  const rows = csrRows(2);
  const [indices, values] = [Uint32Array.of(1), Float32Array.of(0.5)];
  rows.add(indices, values);
  indices[0] = 2;
  values[0] = 0.25;
  rows.add(indices, values);
  expect(rows.matrix(3)).toEqual({
    rows: 2,
    columns: 3,
    offsets: Uint32Array.of(0, 1, 2),
    indices: Uint32Array.of(1, 2),
    values: Float32Array.of(0.5, 0.25),
  });
});
