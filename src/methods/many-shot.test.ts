import { describe, expect, it } from "vitest";
import { methodContext } from "../../test/support/method-context.ts";
import type { TrainUser } from "../core/artifacts.ts";
import { manyShot } from "./many-shot.ts";
import type { Method } from "./method.ts";

const { labels, base } = methodContext();

/** A user who likes one style best and the next one least. */
const train = (id: string, best: number | null, words = 10): TrainUser => ({
  id,
  history: [`${id} ${"word ".repeat(words)}`, "again"],
  prompt: `question of ${id}`,
  candidates: labels.map((label, i) => ({
    ...label,
    text: `answer ${i} to ${id}`,
    reward: best === null ? 5 : i === best ? 9 : i === (best + 1) % labels.length ? 1 : 5,
  })),
});

/** What the model is sent for a test user, of whom the id is a name. */
async function asked(people: readonly TrainUser[], options: object = {}, context = methodContext()) {
  const method = manyShot.create(manyShot.options.parse(options)) as Method;
  const fitted = await method.fit(people, [], context);
  return async (id: string): Promise<string> =>
    (await fitted.answer({ id, history: [`I am ${id}`], prompt: `What now, ${id}?` })).text as string;
}

const order = (text: string, ids: readonly string[]): number[] => ids.map((id) => text.indexOf(`${id} word`));

describe("many-shot", () => {
  it("shows histories with best and worst style, the best-liked styles in turn, then the user", async () => {
    const people = [train("ann", 0), train("bob", 0), train("cleo", 1), train("dan", null)];
    const text = await (await asked(people))("eve");
    const places = order(text, ["ann", "cleo", "bob"]);
    expect(Math.min(...places)).toBeGreaterThan(0);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(text).not.toContain("dan word");
    expect(text).toContain("Likes best: answers whose style is a clear example of this principle: casual");
    expect(text).toContain(
      "Likes least: answers whose style is a clear example of the opposite of this principle: casual",
    );
    expect(text.indexOf("I am eve")).toBeGreaterThan(places.at(-1)!);
    expect(text.endsWith("What now, eve?")).toBe(true);
  });

  it("gives all test users of a world the same beginning", async () => {
    const ask = await asked([train("ann", 0), train("bob", 2), train("cleo", 3)]);
    const [first, second] = [await ask("eve"), await ask("finn")];
    const upTo = (text: string) => text.slice(0, text.indexOf("This user has written"));
    expect(upTo(first).length).toBeGreaterThan(300);
    expect(upTo(first)).toBe(upTo(second));
  });

  it("shows the answers themselves where asked", async () => {
    const text = await (await asked([train("ann", 2)], { show: "answers" }))("eve");
    expect(text.indexOf("answer 2 to ann")).toBeGreaterThan(text.indexOf("question of ann"));
    expect(text.indexOf("answer 3 to ann")).toBeGreaterThan(text.indexOf("answer 2 to ann"));
  });

  it("keeps to the budget by the model's own tokens, and passes over who does not fit", async () => {
    const people = [
      train("ann", 0),
      train("long", 1, 1_000),
      train("bob", 2),
      train("cleo", 3),
      train("dora", 0),
    ];
    const countTokens = (text: string): number => text.split(" ").length;
    const context = methodContext({ base: { ...base, countTokens } });
    const shown = async (budgetTokens: number): Promise<string[]> => {
      const text = await (await asked(people, { budgetTokens }, context))("eve");
      return people.map(({ id }) => id).filter((id) => text.includes(`${id} word`));
    };
    expect(await shown(100)).toEqual(["ann", "bob"]);
    expect(await shown(130)).toEqual(["ann", "bob", "cleo"]);
    expect(await shown(1_000_000)).toHaveLength(5);
  });

  it("answers without anybody, and says so, where nobody fits or shows a preference", async () => {
    const notes: string[] = [];
    const context = methodContext({ note: (message) => notes.push(message) });
    const text = await (await asked([train("ann", null)], {}, context))("eve");
    expect(text).toContain("What now, eve?");
    expect(notes).toEqual([expect.stringContaining("no train user fits")]);
  });
});
