import { describe, expect, it } from "vitest";
import reference from "../../../test/reference/worked-example.json" with { type: "json" };
import type { UserProfile } from "../../core/artifacts.ts";
import { fixedWorld } from "../../world/mapping.ts";
import { workedExample } from "./example.ts";

const names = (stem: string, k: number): string[] => Array.from({ length: k }, (_, i) => `${stem} ${i}`);
const poolOf = (k: number) => ({ attributes: names("attribute", k), principles: names("principle", k) });

describe("a worked example", () => {
  it.each(reference)("agrees with NumPy: K = $C.length, n = $n", (given) => {
    const [scores, plain] = given.scores;
    const example = workedExample({
      scoreMapping: "linear",
      pool: poolOf(given.C.length),
      world: fixedWorld(1, given.C),
      attributes: given.a as UserProfile["attributes"],
      targets: given.n,
      scores,
      plain,
    });
    for (const [i, p] of given.p.entries()) expect(example.preferences[i]).toBeCloseTo(p, 12);
    expect(example.targets.map(({ principle }) => principle)).toEqual(
      given.targets.map((i) => `principle ${i}`),
    );
    for (const [i, target] of example.targets.entries()) {
      expect(target.direction === "follow").toBe(given.follow[i]);
      expect(target.weight).toBeCloseTo(given.weights[i]!, 12);
      expect(target.toward).toBeCloseTo(given.toward[0]![i]!, 12);
      expect(target.plainToward).toBeCloseTo(given.toward[1]![i]!, 12);
    }
    expect(example.reward).toBeCloseTo(given.reward, 12);
    expect(example.plainReward).toBeCloseTo(given.plainReward, 12);
    expect(example.delta).toBeCloseTo(given.delta, 12);
    expect(example.scoresAreMadeUp).toBe(false);
  });

  it("draws whole scores within the scale where none are given, the same for the same world", () => {
    const draw = () =>
      workedExample({
        scoreMapping: "linear",
        pool: poolOf(2),
        world: fixedWorld(7, [
          [1, 0],
          [0, -1],
        ]),
        attributes: [0, 1],
        targets: 1,
      });
    const { scores, scoresAreMadeUp } = draw();
    expect(scoresAreMadeUp).toBe(true);
    expect(draw().scores).toEqual(scores);
    for (const score of [...scores.answer, ...scores.plain])
      expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).toContain(score);
  });
});
