import { describe, expect, it } from "vitest";
import { rngOf, rootKey } from "../../core/random.ts";
import { analyseBias, type Effect } from "./analyse.ts";
import type { BiasSample } from "./collect.ts";

const principles = ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"];
const settings = { margin: 0.5 };
const key = rootKey("bias");

/** Users of two models: `flatter` adds 2 to everything, `idle` nothing. */
function samples(users: number, change: (variant: string) => number): BiasSample[] {
  const rng = rngOf(rootKey("samples"));
  return ["a", "b"].flatMap((model) =>
    Array.from({ length: users }, (_, u) =>
      ["none", "flatter", "idle"].map((variant): BiasSample => {
        const draw = (): number => 4 + 0.5 * rng.normal() + change(variant);
        return {
          model,
          user: `u${u}`,
          variant,
          answer: "text",
          naive: [draw(), draw(), draw(), draw()],
          principles: principles.map(draw),
        };
      }),
    ).flat(),
  );
}

const made = samples(150, (variant) => (variant === "flatter" ? 2 : 0));
const analysis = analyseBias(made, principles, key, settings);
const effect = (criterion: string, variant: string, model: string | null = null): Effect =>
  analysis.effects.find(
    (e) => e.criterion === criterion && e.variant === variant && e.model === model,
  ) as Effect;

describe("analyseBias", () => {
  it("finds what a variant does to the naive criteria, and that it leaves the balanced one alone", () => {
    for (const criterion of ["quality", "personalization", "profile", "persona", "principle-mean"]) {
      const { change, changeCi95, verdict } = effect(criterion, "flatter");
      expect(change).toBeCloseTo(2, 0);
      expect(changeCi95![0]).toBeLessThan(change!);
      expect(changeCi95![1]).toBeGreaterThan(change!);
      expect(verdict, criterion).toBe("moves");
    }
    expect(effect("sign-balanced", "flatter").verdict).toBe("holds");
    const idle = analysis.effects.filter(({ model, variant }) => model === null && variant === "idle");
    // Of true zeros a test at the 5 % level takes one in twenty for more.
    expect(idle.filter(({ verdict }) => verdict !== "holds").length).toBeLessThanOrEqual(2);
    expect(idle.length).toBeGreaterThan(10);
  });

  it("calls open what it cannot tell: few users, a narrow margin", () => {
    const few = analyseBias(
      samples(8, () => 0),
      principles,
      key,
      { ...settings, margin: 0.01 },
    );
    const total = (verdict: "moves" | "holds" | "open") =>
      few.criteria.reduce((sum, criterion) => sum + criterion[verdict], 0);
    expect(total("holds")).toBe(0);
    // Of 28 true zeros, one in twenty criteria may move by chance.
    expect(total("open")).toBeGreaterThanOrEqual(26);
    expect(total("moves") + total("open")).toBe(28);
  });

  it("takes the mean over models for each user, and each model alone", () => {
    const [a, b] = ["a", "b"].map((model) => effect("quality", "flatter", model).change!);
    expect(effect("quality", "flatter").change).toBeCloseTo((a! + b!) / 2, 12);
    expect(effect("quality", "flatter").users).toBe(150);
    const own = made.filter(({ variant }) => variant !== "idle");
    const mean = (v: string) => {
      const of = own.filter(({ variant }) => variant === v).map(({ naive }) => naive[0]!);
      return of.reduce((x, y) => x + y, 0) / of.length;
    };
    expect(effect("quality", "flatter").change).toBeCloseTo(mean("flatter") - mean("none"), 12);
    expect(effect("quality", "flatter").reference).toBeCloseTo(mean("none"), 12);
  });

  it("adjusts p over the variants of one criterion and base", () => {
    const pair = [effect("quality", "flatter"), effect("quality", "idle")] as const;
    expect(pair[0].pValueAdjusted).toBeCloseTo(2 * pair[0].pValue!, 12);
    expect(pair[1].pValueAdjusted).toBeCloseTo(pair[1].pValue!, 12);
  });

  it("leaves out users without a score and counts them; what nobody has is null", () => {
    const gaps = made.map((sample, i) => ({
      ...sample,
      naive: [i < 30 ? null : sample.naive[0]!, null, sample.naive[2]!, sample.naive[3]!],
    }));
    const { effects } = analyseBias(gaps, principles, key, settings);
    const of = (model: string | null, criterion: string) =>
      effects.find((e) => e.model === model && e.criterion === criterion && e.variant === "flatter")!;
    // The first 30 samples are ten users of model a, who still have model b.
    expect(of("a", "quality")).toMatchObject({ users: 140, missing: 10 });
    expect(of("b", "quality")).toMatchObject({ users: 150, missing: 0 });
    expect(of(null, "quality")).toMatchObject({ users: 150, missing: 0 });
    expect(of(null, "personalization")).toMatchObject({
      users: 0,
      missing: 150,
      change: null,
      changeCi95: null,
      pValue: null,
      verdict: "open",
    });
  });

  it("is the same again for the same key", () => {
    expect(analyseBias(made, principles, key, settings)).toEqual(analysis);
  });
});
