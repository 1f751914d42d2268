import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TrainUser } from "../../core/artifacts.ts";
import { rootKey } from "../../core/random.ts";
import { askAll, needsShuffling, tasksOf } from "./ask.ts";
import { loadQuestionSet } from "./load.ts";
import type { Question, QuestionSet } from "./question.ts";

const question = (n: number, right: number, options = ["p", "q", "r", "s"]): Question => ({
  category: null,
  passage: n % 2 === 0 ? null : `Passage ${n}.`,
  question: `Question ${n}?`,
  options,
  right,
  bias: { biased: 1, unknown: 2 },
});
const setOf = (questions: Question[], id: QuestionSet["id"] = "mmlu-pro"): QuestionSet => ({
  id,
  source: "x.jsonl",
  questions,
  leftOut: 0,
  reasons: {},
});

describe("tasks", () => {
  it("keep the options of a set whose right answers are spread, and shuffle those that list the right one first", () => {
    const spread = setOf([question(0, 0), question(1, 2)]);
    const first = setOf([question(0, 0), question(1, 0)]);
    expect([spread, first, setOf([question(0, 2)], "truthfulqa")].map(needsShuffling)).toEqual([
      false,
      true,
      true,
    ]);
    expect(tasksOf(spread, 5, rootKey(1)).map((t) => t.question)).toEqual(spread.questions);
  });

  it("shuffle by the key without losing an option, and follow the right and the biased one", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 3, maxLength: 10 }), fc.nat(), (options, seed) => {
        const [task] = tasksOf(setOf([question(0, 0, options)], "truthfulqa"), 3, rootKey(seed));
        const shown = task?.question as Question;
        expect(shown.options.toSorted()).toEqual(options.toSorted());
        expect(shown.options[shown.right]).toBe(options[0]);
        expect(shown.options[shown.bias?.biased as number]).toBe(options[1]);
        expect(shown.options[shown.bias?.unknown as number]).toBe(options[2]);
      }),
    );
  });

  it("put the right option of TruthfulQA everywhere", async () => {
    const set = await loadQuestionSet("truthfulqa", "builtin", "", {} as never);
    const places = tasksOf(set, 10, rootKey(3)).map((t) => t.question.right);
    for (let place = 0; place < 4; place++) {
      const share = places.filter((p) => p === place).length / places.length;
      expect(share).toBeGreaterThan(0.05);
      expect(share).toBeLessThan(0.5);
    }
  });

  it("are spread evenly over users, by the key", () => {
    const set = setOf(Array.from({ length: 25 }, (_, i) => question(i, i % 4)));
    const users = tasksOf(set, 10, rootKey(1)).map((t) => t.user);
    const counts = Map.groupBy(users, (u) => u);
    expect(counts.size).toBe(10);
    for (const list of counts.values()) expect([2, 3]).toContain(list.length);
    expect(tasksOf(set, 10, rootKey(1)).map((t) => t.user)).toEqual(users);
    expect(tasksOf(set, 10, rootKey(2)).map((t) => t.user)).not.toEqual(users);
  });

  it("are put to a method as the prompt of their user, whose history stays", async () => {
    const users = [0, 1, 2].map(
      (n): TrainUser => ({
        id: `u${n}`,
        history: [`history ${n}`],
        prompt: "own prompt",
        candidates: [],
      }),
    );
    const tasks = tasksOf(setOf([question(0, 1), question(1, 0), question(2, 3)]), 3, rootKey(1));
    const seen: TrainUser[] = [];
    const texts = ["Answer: B", "I do not know.", null];
    const replies = await askAll(
      async (user) => {
        seen.push(user);
        return { text: texts[seen.length - 1] ?? null };
      },
      tasks,
      users,
      1,
      () => {},
    );
    expect(seen.map((u) => u.id)).toEqual(tasks.map((t) => `u${t.user}`));
    for (const [i, user] of seen.entries()) {
      expect(user.history).toEqual([`history ${user.id.slice(1)}`]);
      expect(user.prompt).toBe(tasks[i]?.prompt);
      expect(user.prompt).toContain(`Question ${i}?`);
      expect(user.prompt.includes("Passage 1.")).toBe(i === 1);
      expect(user.prompt).toMatch(/\nA\) p\nB\) q\nC\) r\nD\) s\n/);
    }
    expect(replies.map(({ answered, choice }) => [answered, choice])).toEqual([
      [true, 1],
      [true, null],
      [false, null],
    ]);
  });
});
