import { describe, expect, test } from "vitest";
import type { Target } from "../../core/artifacts.ts";
import { fold, rngOf, rootKey } from "../../core/random.ts";
import { toward } from "../../core/rating-scale.ts";
import { sampleWorld, type World } from "../../world/mapping.ts";
import { targetsOf } from "../../world/targets.ts";
import type { Arm } from "./arms.ts";
import type { WorldScores } from "./collect.ts";
import { effectOf } from "./effects.ts";
import { PROBES } from "./probes.ts";

const K = 4;
const USERS = 40;
const arm = (isMappingFree: boolean): Arm => ({
  id: "a",
  subject: "a",
  conditionName: "",
  readsHistory: false,
  isMappingFree,
  kind: "probe",
  method: null,
  probe: PROBES[0]!,
});

/** Users with one attribute each, sides balanced; `shift` is what the arm's answers add to each principle's score. */
function scores(
  worlds: readonly World[],
  shift: (user: number, principle: number, targets: readonly Target[]) => number,
  seed: number,
): WorldScores[] {
  const rng = rngOf(fold(rootKey("effects.test"), seed));
  const baselines = Array.from({ length: USERS }, () =>
    Array.from({ length: K }, () => 3 + 5 * rng.uniform()),
  );
  return worlds.map((world) => {
    const users = baselines.map((baseline, u) => {
      const side = u % 2 === 0 ? 1 : -1;
      const attributes = Array.from({ length: K }, (_, i) => ((u >> 1) % K === i ? side : 0) as 1 | -1 | 0);
      const targets = targetsOf(world.matrix, attributes, 1);
      const scored = (of: (principle: number) => number) => {
        const found = targets.map((t) => of(t.principle));
        return {
          scores: found,
          reward: targets.reduce((sum, t, i) => sum + t.weight * toward(found[i]!, t.sign), 0),
        };
      };
      return {
        targets,
        baseline: scored((p) => baseline[p]!),
        answer: scored((p) => baseline[p]! + shift(u, p, targets)),
      };
    });
    return {
      world,
      targets: users.map((u) => u.targets),
      baseline: users.map((u) => u.baseline),
      arms: new Map([["a", users.map((u) => u.answer)]]),
    };
  });
}

const sampled = (count: number, from = 1): World[] =>
  Array.from({ length: count }, (_, i) => sampleWorld(from + i, "signed-permutation", K));

describe("an effect", () => {
  test("is the mean gain, whichever unit of chance is taken", () => {
    const made = scores(sampled(3), (u, p) => Math.sin(u + 3 * p), 1);
    const [byUser, byRow] = [false, true].map((free) => effectOf(arm(free), made));
    expect([byUser?.chanceOf, byRow?.chanceOf]).toEqual(["users", "mapping"]);
    const gains = made.flatMap((w) => w.arms.get("a")!.map((a, u) => a.reward! - w.baseline[u]!.reward!));
    const mean = gains.reduce((a, b) => a + b, 0) / gains.length;
    for (const effect of [byUser!, byRow!]) {
      expect(effect.delta).toBeCloseTo(mean, 12);
      const [low, high] = effect.deltaCi95!;
      expect((low + high) / 2).toBeCloseTo(mean, 1);
      expect(effect).toMatchObject({ users: USERS, worlds: 3, missing: 0 });
    }
  });

  test("of answers that reach every target is found by both", () => {
    const knowing = scores(
      sampled(4),
      (_u, p, targets) => (targets[0]?.principle === p ? targets[0].sign : 0),
      2,
    );
    for (const free of [true, false]) {
      const { delta, deltaCi95, pValue } = effectOf(arm(free), knowing);
      expect(delta).toBeCloseTo(1, 12);
      expect(deltaCi95![0]).toBeGreaterThan(0.5);
      expect(pValue).toBeLessThan(0.01);
    }
  });

  test("a mirror that happens to suit a world is luck to the mapping's test, and none to the users'", () => {
    // Everybody is answered in the own style: what attribute i shows is principle i.
    const mirror = (u: number, p: number) => ((u >> 1) % K === p ? (u % 2 === 0 ? 2 : -2) : 0);
    const alarms = { users: 0, mapping: 0 };
    for (let study = 0; study < 60; study++) {
      const made = scores(sampled(2, 100 + 2 * study), mirror, study);
      for (const free of [true, false]) {
        const { pValue, chanceOf } = effectOf(arm(free), made);
        if (pValue! < 0.05) alarms[chanceOf]++;
      }
    }
    expect(alarms.mapping).toBeLessThanOrEqual(8); // 3 are expected
    expect(alarms.users).toBeGreaterThan(20);
  });

  test("leaves out users without a reward, and a fixed mapping has no signs to draw", () => {
    const made = scores(sampled(2), () => 1, 4).map((w) => ({
      ...w,
      arms: new Map([["a", w.arms.get("a")!.map((a, u) => (u < 3 ? { scores: [null], reward: null } : a))]]),
    }));
    const effect = effectOf(arm(true), made);
    expect(effect.missing).toBe(6);
    // Of 20 users on either side the first three are lost: two of one, one of the other.
    expect(effect.perWorld.map((delta) => Math.abs(delta!))).toEqual([1 / 37, 1 / 37]);
    expect(effect.delta).toBeCloseTo((effect.perWorld[0]! + effect.perWorld[1]!) / 2, 12);
    const fixed = made.map((w) => ({ ...w, world: { ...w.world, kind: "file" as const } }));
    expect(effectOf(arm(true), fixed).chanceOf).toBe("users");
  });
});
