import fc from "fast-check";
import { expect, test } from "vitest";
import crossed from "../../test/reference/power.json" with { type: "json" };
import reference from "../../test/reference/statistics.json" with { type: "json" };
import { minimalDetectableEffect, usersNeeded, worldsNeeded } from "./power.ts";
import type { VarianceComponents } from "./variance-components.ts";

const oneWorld = (sd: number): VarianceComponents => ({ users: sd ** 2, worlds: null, residual: 0 });

test("one world: within 1.5 % of the exact noncentral t (SciPy) at 10 users, 0.1 % at 200", () => {
  for (const [users, exact] of reference.power) {
    const effect = minimalDetectableEffect(oneWorld(1), { users: users!, worlds: 1 })!;
    expect(Math.abs(effect / exact! - 1)).toBeLessThan(users! < 200 ? 0.015 : 0.001);
  }
});

test("several worlds: the drawn mean squares' power (NumPy, SciPy), which drawn studies bear out", () => {
  for (const { variance, effect, strictEffect, simulatedPower, ...size } of crossed.plans) {
    const [users, worlds, residual] = variance as [number, number, number];
    const found = (alpha: number) => minimalDetectableEffect({ users, worlds, residual }, size, { alpha })!;
    // The drawn reference is good to about 0.3 %.
    expect(Math.abs(found(0.05) / effect - 1)).toBeLessThan(0.01);
    expect(Math.abs(found(0.05 / 6) / strictEffect - 1)).toBeLessThan(0.015);
    expect(Math.abs(simulatedPower - 0.8)).toBeLessThan(0.03);
  }
});

const variances = fc.record({
  users: fc.double({ min: 0.1, max: 5, noNaN: true }),
  worlds: fc.double({ min: 0, max: 0.05, noNaN: true }),
  residual: fc.double({ min: 0.1, max: 5, noNaN: true }),
});

test("users and worlds needed are enough, and one fewer is not", () => {
  fc.assert(
    fc.property(
      variances,
      fc.double({ min: 0.1, max: 3, noNaN: true }),
      fc.integer({ min: 3, max: 30 }),
      (variance, effect, given) => {
        const effectAt = (users: number, worlds: number) =>
          minimalDetectableEffect(variance, { users, worlds })!;
        const users = usersNeeded(variance, effect, given);
        if (users !== null) {
          expect(effectAt(users, given)).toBeLessThanOrEqual(effect);
          if (users > 2) expect(effectAt(users - 1, given)).toBeGreaterThan(effect);
          expect(usersNeeded(variance, -effect, given)).toBe(users);
        }
        const worlds = worldsNeeded(variance, effect, given);
        if (worlds !== null) {
          expect(effectAt(given, worlds)).toBeLessThanOrEqual(effect);
          if (worlds > 3) expect(effectAt(given, worlds - 1)).toBeGreaterThan(effect);
        }
      },
    ),
    { numRuns: 25 },
  );
});

test("stricter plans need more users", () => {
  const strict = usersNeeded(oneWorld(1), 0.5, 1, { alpha: 0.01, power: 0.9 })!;
  expect(strict).toBeGreaterThan(usersNeeded(oneWorld(1), 0.5, 1)!);
});

test("no answer where none can be had", () => {
  expect(minimalDetectableEffect(oneWorld(1), { users: 1, worlds: 1 })).toBeNull();
  expect(usersNeeded(oneWorld(1), 0, 1)).toBeNull();
  expect(usersNeeded(oneWorld(0), 0.5, 1)).toBe(2);
  // One world tells nothing of others.
  expect(usersNeeded(oneWorld(1), 0.5, 5)).toBeNull();
  // Three worlds that differ by far more than the effect: no number of users helps, but more worlds do.
  const apart = { users: 1, worlds: 1, residual: 1 };
  expect(usersNeeded(apart, 0.5, 3)).toBeNull();
  expect(worldsNeeded(apart, 0.5, 100)).toBeGreaterThan(3);
});

test("one or two worlds are taken as they are: how worlds differ does not count", () => {
  const variance = { users: 1, worlds: 0, residual: 4 };
  for (const worlds of [1, 2]) {
    const effect = minimalDetectableEffect(variance, { users: 50, worlds });
    expect(minimalDetectableEffect({ ...variance, worlds: 9 }, { users: 50, worlds })).toBe(effect);
  }
});

test("where a number of users does, it is found, also close to what no number can do", () => {
  // Worlds differ a little, and five are few: the detectable effect falls towards 0.1728 and never below it.
  const variance = { users: 0.35, worlds: 0.0105, residual: 5.8 };
  expect(usersNeeded(variance, 0.175, 5)).toBeGreaterThan(10_000);
  expect(usersNeeded(variance, 0.2812, 5)).toBeLessThan(345);
  expect(usersNeeded(variance, 0.17, 5)).toBeNull();
});
