import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { extractFeatures, FEATURE_COUNT, FEATURE_IDS } from "./features.ts";

it("features are centred and spread as stated on real answers and messages", () => {
  const lines = readFileSync("../shared/reference-data/rewritten-users.jsonl", "utf8").trim().split("\n");
  const turns = lines.flatMap((line) =>
    (JSON.parse(line) as { conversations: { messages: { content: string }[] }[] }).conversations.map(
      (c) => c.messages,
    ),
  );
  for (const [turn, kind] of [
    [0, "message"],
    [1, "answer"],
  ] as const) {
    const all = turns.map((messages) => extractFeatures(messages[turn]!.content, kind));
    for (let f = 0; f < FEATURE_COUNT; f++) {
      const mean = all.reduce((sum, x) => sum + x[f]!, 0) / all.length;
      const spread = Math.sqrt(all.reduce((sum, x) => sum + (x[f]! - mean) ** 2, 0) / all.length);
      // Messages of the reference data were rewritten to show an attribute, hence their wider margin.
      expect(Math.abs(mean), `${kind} ${FEATURE_IDS[f]}`).toBeLessThan(turn === 1 ? 0.3 : 0.8);
      expect(spread, `${kind} ${FEATURE_IDS[f]}`).toBeLessThan(1.5);
    }
  }
});
