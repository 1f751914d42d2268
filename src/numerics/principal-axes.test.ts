import { describe, expect, it } from "vitest";
import reference from "../../test/reference/principal-axes.json" with { type: "json" };
import { rootKey } from "../core/random.ts";
import { along, centreWithin, principalAxes } from "./principal-axes.ts";
import { fromDense } from "./sparse.ts";

const x = fromDense(reference.x);

describe("principal axes", () => {
  it.each(["one", "within"] as const)("are NumPy's, groups: %s", (name) => {
    const { groups, singularValues, projector } = reference[name];
    const found = principalAxes(x, Uint32Array.from(groups), 5, rootKey("axes"));
    expect(found.count).toBe(5);
    for (const [i, value] of singularValues.entries()) {
      expect(found.singularValues[i]! / value).toBeCloseTo(1, 5);
    }
    for (let a = 0; a < x.columns; a++) {
      for (let b = 0; b < x.columns; b++) {
        let sum = 0;
        for (let k = 0; k < 5; k++) sum += found.axes[a * 5 + k]! * found.axes[b * 5 + k]!;
        expect(sum).toBeCloseTo(projector[a * x.columns + b]!, 3);
      }
    }
  });

  it("hold all of what there is when there is no more", () => {
    const groups = Uint32Array.from(reference.within.groups);
    const found = principalAxes(x, groups, 99, rootKey("all"));
    expect(found.count).toBeLessThanOrEqual(x.columns);
    const [whole, rotated] = [Float64Array.from(x.values), along(found, x)];
    centreWithin(whole, groups, x.columns);
    centreWithin(rotated, groups, found.count);
    const squares = (values: Float64Array) => values.reduce((sum, v) => sum + v * v, 0);
    expect(squares(rotated) / squares(whole)).toBeCloseTo(1, 6);
  });

  it("are few where rows differ in few directions", () => {
    const flat = fromDense(reference.x.map((_, i) => [i % 3, i % 2, (i % 3) + (i % 2)]));
    expect(principalAxes(flat, new Uint32Array(flat.rows), 3, rootKey("flat")).count).toBe(2);
  });
});
