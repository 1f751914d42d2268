import { describe, expect, it } from "vitest";
import { runFixture } from "../../test/support/run-fixture.ts";
import type { RunComparison } from "./compare-runs.ts";
import { brokenThresholds, parseThreshold, shownThreshold } from "./thresholds.ts";

const { results } = runFixture({
  methods: [{ id: "none" }, { id: "routing" }, { id: "routing", name: "mine.low" }],
});
const comparison: RunComparison = {
  onlyA: [],
  onlyB: [],
  changes: [
    {
      name: "routing",
      deltaA: 0.4,
      deltaB: 0.5,
      change: 0.1,
      changeCi95: [-0.2, 0.4],
      standardError: 0.15,
      degreesOfFreedom: 20,
      pValue: 0.5,
      pValueAdjusted: 0.5,
      kind: "paired",
      pairs: 40,
    },
  ],
};
const { summary } = results.methods.find((m) => m.name === "routing")!;
const broken = (...rules: string[]) => brokenThresholds(rules.map(parseThreshold), results, comparison);

describe("thresholds of a comparison", () => {
  it("hold Δ, the change and both lower bounds to a limit", () => {
    const values = {
      routing: summary.delta!,
      "routing.low": summary.deltaCi95![0],
      "routing.change": 0.1,
      "routing.change.low": -0.2,
    };
    for (const [left, value] of Object.entries(values)) {
      expect(broken(`${left}=${value}`)).toEqual([]);
      expect(broken(`${left}=${value + 0.01}`)).toMatchObject([
        { method: "routing", value, delta: value + 0.01 },
      ]);
    }
  });

  it("a name that ends like a value is that method; a value that is not there reaches no limit", () => {
    expect(broken("mine.low=-100")).toEqual([]);
    expect(broken("mine.low.low=-100")).toEqual([]);
    const [lost] = broken("mine.low.change=-100");
    expect(lost).toMatchObject({ method: "mine.low", quantity: "change", value: null });
    expect(shownThreshold(lost!)).toBe(
      "below threshold mine.low.change=-100: the change of Δ of mine.low has no value, less than -100",
    );
  });

  it("say the value and the rule", () => {
    expect(broken("routing.change.low=0").map(shownThreshold)).toEqual([
      "below threshold routing.change.low=0: the lower bound of the change's 95 % interval of routing is -0.200, less than 0",
    ]);
  });

  it.each(["routing", "=1", "routing=", "routing=much"])("refuse %s", (text) => {
    expect(() => parseThreshold(text)).toThrow(/is no threshold/);
  });

  it("refuse a method that is not there", () => {
    expect(() => broken("routes=1")).toThrow(/no method "routes"/);
  });
});
