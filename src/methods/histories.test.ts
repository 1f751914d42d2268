import { describe, expect, it } from "vitest";
import { methodContext, numberEmbedder } from "../../test/support/method-context.ts";
import { embedAll, embeddedHistories, embeddedHistoryCalls, historyText } from "./histories.ts";

const user = (id: string, ...history: string[]) => ({ id, history, prompt: "x" });

describe("histories", () => {
  it("are read as one text; none as an empty one", () => {
    expect(historyText(user("u", "a", "b"))).toBe("a\n\nb");
    expect(historyText(user("u"))).toBe("");
  });

  it("are embedded in batches, in order", async () => {
    const embedder = numberEmbedder();
    const vectors = await embedAll(
      { embedder },
      Array.from({ length: 150 }, (_, i) => `${i}`),
    );
    expect(vectors.map((v) => v[0])).toEqual(Array.from({ length: 150 }, (_, i) => i));
    expect(embedder.batches).toEqual([32, 32, 32, 32, 22]);
  });

  it("are embedded once for all methods and worlds, a test user once for each history shown", async () => {
    const embedder = numberEmbedder();
    const context = methodContext({ embedder });
    const train = Array.from({ length: 40 }, (_, i) => user(`train-${i}`, `${i}`, "7"));
    for (let world = 0; world < 3; world++) {
      const histories = embeddedHistories(context);
      const vectors = await histories.train(train);
      expect([...vectors[39]!]).toEqual([39, 7]);
      await histories.validation(train.slice(0, 2));
      expect([...(await histories.of(user("test-0", "1", "2")))]).toEqual([1, 2]);
      await histories.of(user("test-0", "1"));
      await histories.of(user("test-1", "1", "2"));
    }
    expect(embedder.batches).toEqual([32, 8, 2, 1, 1, 1]);
    const counted = embeddedHistoryCalls({ train: 40, validation: 2, test: 3 }, [
      "train",
      "validation",
      "test",
    ]);
    expect(counted.map(({ asks }) => asks)).toEqual([2, 1, 3]);
  });
});
