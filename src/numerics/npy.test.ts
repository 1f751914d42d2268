import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UsageError } from "../core/errors.ts";
import fixtures from "./npy.fixtures.json" with { type: "json" };
import { readNpy } from "./npy.ts";
import { readNpz } from "./npz.ts";

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
const plain = fixtures.good.find(({ name }) => name === "<f8")!;

function errorOf(run: () => unknown): UsageError {
  try {
    run();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("readNpy", () => {
  test.each(fixtures.good)("reads what NumPy wrote: $name", ({ dtype, shape, npy, values }) => {
    const array = readNpy(bytesOf(npy), "x.npy");
    expect(array.dtype).toBe(dtype);
    expect(array.shape).toEqual(shape);
    expect([...array.data].map(String)).toEqual(values.map(String));
  });

  test.each(fixtures.bad)("names what it cannot read: $name", ({ npy }) => {
    const error = errorOf(() => readNpy(bytesOf(npy), "x.npy"));
    expect(error.where).toBe("x.npy");
    expect(error.message).toMatch(/cannot be (read|held)/);
    expect(error.remedy).toMatch(/astype/);
  });

  test("an array at an odd offset of its buffer reads the same", () => {
    const shifted = new Uint8Array(bytesOf(plain.npy).length + 3);
    shifted.set(bytesOf(plain.npy), 3);
    expect([...readNpy(shifted.subarray(3), "x").data]).toEqual(plain.values);
  });

  test("every cut of the file is an error, never a shorter array", () => {
    const bytes = bytesOf(plain.npy);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readNpy(bytes.subarray(0, length), "x.npy")).toThrow(UsageError);
    }
  });

  test("another file, another version and a broken header are told apart", () => {
    const edited = (at: number, value: number) => bytesOf(plain.npy).with(at, value);
    expect(() => readNpy(new TextEncoder().encode("a,b\n1,2\n3,4\n"), "x")).toThrow(/not a NumPy array/);
    expect(() => readNpy(edited(6, 9), "x")).toThrow(/version 9/);
    expect(() => readNpy(edited(11, 0), "x")).toThrow(/header/);
  });
});

/** A file whose header says what it likes of the same few bytes. */
function withHeader(descr: string, shape: string): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape})}\n`;
  const size = [header.length & 255, header.length >> 8];
  return Uint8Array.from([
    0x93,
    ...Buffer.from("NUMPY"),
    1,
    0,
    ...size,
    ...Buffer.from(header),
    ...Array(64).fill(7),
  ]);
}

describe("damaged arrays", () => {
  test.each([
    ["<f8", "1000000000000,"],
    ["<f8", "99999999999999999999, 99999999999999999999"],
    ["<f8", `0, ${"9".repeat(400)}`],
    ["|i1", "9007199254740993,"],
    ["<U0", "1000000000000,"],
    ["|S0", "4294967297,"],
    ["<U999999999999", "2,"],
  ])("%s of shape (%s) is an error that says so", (descr, shape) => {
    expect(errorOf(() => readNpy(withHeader(descr, shape), "x.npy")).message).toMatch(
      /cannot be held|cut off/,
    );
  });

  test("an absent extent makes an empty array, whatever the others are", () => {
    expect([...readNpy(withHeader("<f8", "0, 5"), "x.npy").data]).toEqual([]);
  });

  test("give an array or an error with its place, wherever bytes are changed", () => {
    const files = [bytesOf(plain.npy), bytesOf(fixtures.stored), bytesOf(fixtures.deflated)];
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      value: fc.nat(255),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1, 2),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (which, edits) => {
          const bytes = files[which]!.slice();
          for (const { at, value } of edits) bytes[Math.floor(at * bytes.length)] = value;
          try {
            if (which === 0) readNpy(bytes, "x");
            else readNpz(bytes, "x");
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
            expect((error as UsageError).where).toMatch(/^x/);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("readNpz", () => {
  test("stored members", () => {
    const arrays = readNpz(bytesOf(fixtures.stored), "x.npz");
    expect([...arrays.keys()]).toEqual(["scores", "pairs"]);
    expect(arrays.get("scores")?.shape).toEqual([2, 3, 4]);
    expect(arrays.get("pairs")?.data).toEqual(["verbose", "terse", "naïve 𝛼", ""]);
  });

  test("deflated members", () => {
    const scores = readNpz(bytesOf(fixtures.deflated), "x.npz").get("scores");
    expect(scores?.shape).toEqual([200, 3, 4]);
    expect([...(scores?.data.slice(-3) ?? [])]).toEqual([16, 17, 18]);
  });

  test("a cut archive and a bad member name their place", () => {
    const stored = bytesOf(fixtures.stored);
    expect(errorOf(() => readNpz(stored.subarray(0, 300), "x.npz")).where).toBe("x.npz");
    const broken = stored.slice();
    broken[broken.indexOf(0x93)] = 0;
    expect(errorOf(() => readNpz(broken, "x.npz")).where).toMatch(/^x\.npz:(scores|pairs)$/);
  });
});
