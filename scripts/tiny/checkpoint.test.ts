import { afterAll, describe, expect, it } from "vitest";
import { fold, rootKey } from "../../src/core/random.ts";
import { FOLDER, instructionOf, LABELS } from "./format.ts";
import { recipeOf, type TinyDocument } from "./recipe.ts";
import { studentOf } from "./speaker.ts";

const student = studentOf(FOLDER, 2);
afterAll(() => student.close());

const OPPOSITES = new Map(
  LABELS.map(({ principle, direction }) => [
    instructionOf({ principle, direction }),
    instructionOf({ principle, direction: direction === "follow" ? "avoid" : "follow" }),
  ]),
);
const opposite = (instruction: string): string => OPPOSITES.get(instruction) as string;

/** Nats by which a document's answer is more likely than behind the opposite of its instruction. */
async function advantage(document: TinyDocument): Promise<number> {
  const turned: TinyDocument = {
    ...document,
    messages: document.messages.map(({ role, content }) => ({
      role,
      content: role === "system" ? opposite(content) : content,
    })),
    ...(document.steer === undefined ? {} : { steer: opposite(document.steer) }),
  };
  const sum = (losses: readonly number[]): number => losses.reduce((total, x) => total + x, 0);
  return sum(await student.losses(turned)) - sum(await student.losses(document));
}

describe("the shipped weights", () => {
  const recipe = recipeOf("test", fold(rootKey("checkpoint.test"), "documents"));

  it.each(["styled", "steered"] as const)(
    "foresee held-out answers by their instruction: %s",
    async (kind) => {
      const documents: TinyDocument[] = [];
      for (let i = 0; documents.length < 24; i++) {
        const document = await recipe(i);
        if (document.kind === kind) documents.push(document);
      }
      const advantages = await Promise.all(documents.map(advantage));
      const mean = advantages.reduce((total, x) => total + x, 0) / advantages.length;
      // A checkpoint that had not learned to tell them apart stood at 0.0; see the card for how much it is over all documents.
      expect(mean).toBeGreaterThan(4);
      expect(advantages.filter((x) => x > 0).length).toBeGreaterThan(18);
    },
  );
});
