import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/contracts/temporary-folder.ts";
import { contentKey } from "../core/hash.ts";
import type { StoredCall } from "../core/ports/store.ts";
import { callPacker, packedCalls } from "./packed-calls.ts";
import { openSqliteStore } from "./sqlite.ts";

const directory = temporaryFolder();
const seven: StoredCall = { text: "7", finishReason: "stop", inputTokens: 400, outputTokens: 1 };
const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme", minLength: 400 }));
const anyCall: fc.Arbitrary<StoredCall> = fc.record(
  {
    text,
    finishReason: fc.constantFrom("stop", "length", "filter"),
    inputTokens: fc.nat(),
    outputTokens: fc.nat(),
    reasoning: text,
    logprobs: fc.array(fc.record({ token: text, logprob: fc.constant(-0.5), top: fc.constant([]) })),
  },
  { requiredKeys: ["text", "finishReason", "inputTokens", "outputTokens"] },
);

describe("calls that are packed elsewhere", () => {
  it("come out as they went in, with their tags, in their order", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(255), anyCall)), (calls) => {
        const packer = callPacker();
        for (const [i, [tag, call]] of calls.entries()) packer.add(tag, contentKey(`${i}`), call);
        const found = [...packedCalls(packer.take())];
        expect(found.map(({ tag, call }) => [tag, call])).toEqual(calls);
        expect(found.map(({ key }) => [...key])).toEqual(calls.map((_, i) => [...contentKey(`${i}`)]));
        expect(packer.take().length).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("are stored with sound checksums; what a store has it keeps, and says so", () => {
    const path = join(directory, "packed.sqlite");
    let store = openSqliteStore(path);
    store.putCall(contentKey("before"), seven);
    const packer = callPacker();
    const long = { ...seven, text: "A long answer. ".repeat(100) };
    packer.add(0, contentKey("before"), { ...seven, text: "another" });
    packer.add(1, contentKey("long"), long);
    packer.add(2, contentKey("long"), { ...long, text: "the same, asked again" });
    const told: unknown[] = [];
    store.putPacked?.(packer.take(), (tag, isNew, { inputTokens }) => told.push([tag, isNew, inputTokens]));
    expect(told).toEqual([
      [0, false, 400],
      [1, true, 400],
      [2, false, 400],
    ]);
    expect(store.getCall(contentKey("long"))).toEqual(long);
    store.close();
    store = openSqliteStore(path);
    expect(store.getCall(contentKey("before"))).toEqual(seven);
    expect(store.getCall(contentKey("long"))).toEqual(long);
    expect([store.countCalls(), store.countDamaged()]).toEqual([2, 0]);
    store.close();
  });

  it("that are given are written as others are: at the end of the turn, or when somebody waits for it", async () => {
    const path = join(directory, "given.sqlite");
    const [store, other] = [openSqliteStore(path), openSqliteStore(path)];
    const packer = callPacker();
    packer.add(0, contentKey("given"), seven);
    store.putPacked?.(packer.take(), () => {}, true);
    expect(store.getCall(contentKey("given"))).toEqual(seven);
    expect(other.getCall(contentKey("given"))).toBeUndefined();
    await store.kept();
    const later = openSqliteStore(path);
    expect(later.getCall(contentKey("given"))).toEqual(seven);
    for (const open of [store, other, later]) open.close();
  });
});
