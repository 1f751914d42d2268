import fc from "fast-check";
import { expect, it } from "vitest";
import type { ChatMessage } from "../../core/ports/language-model.ts";
import { requestSeed } from "./request-seed.ts";

const asked = (content: string): ChatMessage[] => [{ role: "user", content }];

it("every request has a seed of its own, which all servers take", () => {
  fc.assert(
    fc.property(fc.integer(), fc.string(), fc.nat(100), (seed, words, sample) => {
      const sent = requestSeed(seed, asked(words), sample);
      expect(sent).toBe(requestSeed(seed, asked(words), sample));
      expect(Number.isInteger(sent) && sent >= 0 && sent < 2 ** 31 - 1).toBe(true);
    }),
  );
  const seeds = [1, 2].flatMap((seed) =>
    Array.from({ length: 500 }, (_, i) =>
      [0, 1, 2].map((sample) => requestSeed(seed, asked(`text ${i}`), sample)),
    ).flat(),
  );
  expect(new Set(seeds).size).toBe(seeds.length);
});
