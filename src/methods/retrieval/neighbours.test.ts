import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numberEmbedder } from "../../../test/support/method-context.ts";
import { styleLabels, type TrainUser } from "../../core/artifacts.ts";
import { bestAndWorst, neighbourIndex } from "./neighbours.ts";

/** Vectors of texts of numbers, and how often they were asked for. */
function numbers() {
  const { embed, batches } = numberEmbedder();
  return { vectorOf: async (_user: string, text: string) => (await embed([text]))[0]!, batches };
}

const labels = styleLabels(["casual", "gentle"]);
const user = (...rewards: (number | null)[]): TrainUser => ({
  id: "train-00000",
  history: ["a", "b"],
  prompt: "x",
  candidates: rewards.map((reward, i) => ({ ...labels[i]!, text: `answer ${i}`, reward })),
});

describe("retrieval", () => {
  it("finds the k nearest by cosine among usable rows, as sorting all of them does", async () => {
    const component = fc.integer({ min: -9, max: 9 });
    const vector = fc.tuple(component, component, component).filter((v) => v.some((x) => x !== 0));
    await fc.assert(
      fc.asyncProperty(
        fc.array(vector, { minLength: 1, maxLength: 100 }),
        vector,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 12 }),
        async (vectors, query, k, stride) => {
          const index = neighbourIndex(
            numbers().vectorOf,
            vectors.map((v) => Float32Array.from(v)),
          );
          // With a stride of 12 few rows of the short list remain: the search goes on beyond it.
          const usable = (row: number): boolean => row % stride === 0;
          const found = await index.nearest("u", query.join(" "), k, usable);
          const dot = (a: number[], b: number[]): number =>
            a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
          const cosine = (v: number[]): number => dot(v, query) / Math.sqrt(dot(v, v) * dot(query, query));
          const best = vectors
            .map((v, row) => ({ row, cosine: cosine(v) }))
            .filter(({ row }) => usable(row))
            .sort((a, b) => b.cosine - a.cosine)
            .slice(0, k);
          expect(found).toHaveLength(best.length);
          for (const [i, row] of found.entries()) {
            expect(usable(row)).toBe(true);
            expect(cosine(vectors[row]!)).toBeCloseTo(best[i]!.cosine, 5);
          }
        },
      ),
    );
  });

  it("never takes a row without a vector, and asks for a query's vector once", async () => {
    const { vectorOf, batches } = numbers();
    const index = neighbourIndex(vectorOf, [null, Float32Array.of(0, 1), null, Float32Array.of(1, 0)]);
    expect(await index.nearest("u", "1 0.1", 3, () => true)).toEqual([3, 1]);
    expect(await index.nearest("u", "1 0.1", 1, (row) => row !== 3)).toEqual([1]);
    expect(batches).toEqual([1]);
  });

  it("shows the best and the worst candidate; ties go to the first, gaps do not count", () => {
    expect(bestAndWorst(user(3, 8, null, 2))).toEqual({ liked: "answer 1", disliked: "answer 3" });
    expect(bestAndWorst(user(5, 9, 9, 5))).toEqual({ liked: "answer 1", disliked: "answer 0" });
  });

  it("learns nothing from a user without a preference", () => {
    for (const rewards of [[], [null, null], [6, null], [4, 4, 4, 4]])
      expect(bestAndWorst(user(...rewards))).toBeNull();
  });
});
