import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentKey } from "../../src/core/hash.ts";
import type { Store, StoredCall } from "../../src/core/ports/store.ts";

const logprob = fc.double({ max: 0, noNaN: true, noDefaultInfinity: true }).map((x) => x + 0); // JSON has no -0
const token = fc.record({
  token: fc.string({ unit: "grapheme" }),
  logprob,
  top: fc.array(fc.record({ token: fc.string({ unit: "grapheme" }), logprob }), { maxLength: 5 }),
});

/** Any call a provider may report, long and short, with and without its optional parts. */
const anyCall: fc.Arbitrary<StoredCall> = fc.record(
  {
    text: fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: "grapheme", minLength: 300, maxLength: 5000 }),
    ),
    finishReason: fc.constantFrom("stop", "length", "filter"),
    inputTokens: fc.nat(),
    outputTokens: fc.nat(),
    reasoning: fc.string({ unit: "grapheme", maxLength: 1000 }),
    logprobs: fc.array(token, { maxLength: 4 }),
  },
  { requiredKeys: ["text", "finishReason", "inputTokens", "outputTokens"] },
);

const seven: StoredCall = { text: "7", finishReason: "stop", inputTokens: 400, outputTokens: 1 };
const turn = (): Promise<void> => new Promise(setImmediate);

/** What every store must do. `make` gives an empty one, and opens it again when given the one it made. */
export function storeContract(name: string, make: () => Store, reopen?: (store: Store) => Store): void {
  describe(`store contract: ${name}`, () => {
    it("knows nothing at first", () => {
      const store = make();
      expect(store.getCall(contentKey("a"))).toBeUndefined();
      expect(store.getArtifact("ratings", contentKey("a"))).toBeUndefined();
      expect(store.countCalls()).toBe(0);
      store.close();
    });

    it("gives back every call exactly, before and after it became durable", async () => {
      let store = make();
      const calls = fc.sample(anyCall, { numRuns: 200, seed: 7 });
      calls.forEach((call, i) => {
        store.putCall(contentKey(`${i}`), call);
        expect(store.getCall(contentKey(`${i}`))).toEqual(call);
      });
      await turn();
      if (reopen) store = reopen(store);
      calls.forEach((call, i) => {
        expect(store.getCall(contentKey(`${i}`))).toEqual(call);
      });
      expect(store.countCalls()).toBe(calls.length);
      store.close();
    });

    it("keeps the first of two calls under one key", () => {
      const store = make();
      store.putCall(contentKey("a"), seven);
      store.putCall(contentKey("a"), { ...seven, text: "8" });
      store.flush();
      store.putCall(contentKey("a"), { ...seven, text: "9" });
      store.flush();
      expect(store.getCall(contentKey("a"))?.text).toBe("7");
      expect(store.countCalls()).toBe(1);
      store.close();
    });

    it("puts a call in the place of another where it is told to, buffered or durable", () => {
      let store = make();
      const [a, b, c] = ["a", "b", "c"].map(contentKey) as [Uint8Array, Uint8Array, Uint8Array];
      store.putCall(a, seven);
      store.flush();
      store.putCall(b, seven);
      for (const key of [a, b, c]) store.replaceCall(key, { ...seven, text: "8" });
      for (const key of [a, b, c]) expect(store.getCall(key)?.text).toBe("8");
      expect(store.countCalls()).toBe(3);
      if (reopen) store = reopen(store);
      for (const key of [a, b, c]) expect(store.getCall(key)?.text).toBe("8");
      expect(store.countCalls()).toBe(3);
      store.close();
    });

    it("keeps the newest artifact of a kind and a key, apart from other kinds", async () => {
      let store = make();
      const key = contentKey("matrix");
      const bytes = new Uint8Array([1, 2, 3]);
      store.putArtifact("ratings", key, bytes);
      bytes[0] = 9; // the caller's array is the caller's
      expect(store.getArtifact("ratings", key)).toEqual(new Uint8Array([1, 2, 3]));
      await turn();
      store.putArtifact("ratings", key, new Uint8Array([4]));
      store.putArtifact("router", key, new Uint8Array());
      store.flush();
      if (reopen) store = reopen(store);
      expect(store.getArtifact("ratings", key)).toEqual(new Uint8Array([4]));
      expect(store.getArtifact("router", key)).toEqual(new Uint8Array());
      expect(store.getArtifact("embedding", key)).toBeUndefined();
      store.close();
    });

    it("does not mind more rows in a turn than one transaction takes", () => {
      const store = make();
      for (let i = 0; i < 2500; i++) store.putCall(contentKey(`${i}`), { ...seven, inputTokens: i });
      expect(store.countCalls()).toBe(2500);
      for (const i of [0, 999, 1000, 2499]) expect(store.getCall(contentKey(`${i}`))?.inputTokens).toBe(i);
      store.close();
    });

    it("may be closed twice", () => {
      const store = make();
      store.close();
      expect(() => store.close()).not.toThrow();
    });
  });
}
