import { describe, expect, it } from "vitest";
import { type WasmMemory, wasm } from "../../numerics/wasm/shared-memory.ts";
import { withLeapingMemory } from "./memory.ts";

const PAGE = 65_536;
const leaping = (maximum: number): Promise<WasmMemory> =>
  withLeapingMemory(async () => new wasm.Memory({ initial: 1, maximum, shared: true }));

describe("memory that grows in leaps", () => {
  it("has more than was asked for, and keeps what it holds", async () => {
    const memory = await leaping(10_000);
    new Uint8Array(memory.buffer)[7] = 42;
    expect(memory.grow(2)).toBe(1);
    expect(memory.buffer.byteLength / PAGE).toBeGreaterThan(1000);
    expect(new Uint8Array(memory.buffer)[7]).toBe(42);
    const before = memory.buffer.byteLength / PAGE;
    memory.grow(5000);
    expect(memory.buffer.byteLength / PAGE).toBe(before + 5000);
  });

  it("grows by what is asked for where a leap has no room, and no further than it may", async () => {
    const memory = await leaping(100);
    memory.grow(60);
    expect(memory.buffer.byteLength / PAGE).toBe(61);
    expect(() => memory.grow(60)).toThrow(RangeError);
  });

  it("is not what others get", async () => {
    const { Memory } = wasm;
    await expect(withLeapingMemory(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await leaping(100);
    expect(wasm.Memory).toBe(Memory);
  });
});
