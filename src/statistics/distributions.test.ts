import { expect, test } from "vitest";
import reference from "../../test/reference/statistics.json" with { type: "json" };
import { incompleteBeta, normalCdf, normalQuantile, studentTQuantile } from "./distributions.ts";

const { normal, beta, t } = reference.distributions;

const relative = (found: number, expected: number) =>
  expected === 0 ? Math.abs(found) : Math.abs(found / expected - 1);

test("normal quantiles agree with scipy.special.ndtri", () => {
  for (const [p, z] of normal) expect(relative(normalQuantile(p!), z!)).toBeLessThan(1e-13);
});

test("the normal distribution function undoes its quantile, and is 1 in sum with its mirror", () => {
  for (const [p, z] of normal) if (p! > 1e-20) expect(relative(normalCdf(z!), p!)).toBeLessThan(1e-8);
  for (const x of [0, 0.3, 2, 7.2, 40]) expect(normalCdf(x) + normalCdf(-x)).toBeCloseTo(1, 15);
});

test("the incomplete beta function agrees with scipy.special.betainc", () => {
  for (const [x, a, b, value] of beta)
    expect(relative(incompleteBeta(x!, a!, b!), value!)).toBeLessThan(1e-10);
  expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1]);
});

test("t quantiles agree with scipy.stats.t.ppf", () => {
  for (const [p, df, value] of t) expect(relative(studentTQuantile(p!, df!), value!)).toBeLessThan(1e-9);
  expect(studentTQuantile(0.5, 3)).toBe(0);
});
