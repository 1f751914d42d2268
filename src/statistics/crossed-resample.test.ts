import { describe, expect, it } from "vitest";
import { rootKey } from "../core/random.ts";
import { infer } from "./crossed.ts";
import { meanOfDraw, resampleCrossed } from "./crossed-resample.ts";
import { meanOverWorlds } from "./linearised.ts";

const ones = (n: number): Uint16Array => new Uint16Array(n).fill(1);
const table = (users: number, worlds: number, value: (u: number, w: number) => number) => ({
  users,
  worlds,
  values: Float64Array.from({ length: users * worlds }, (_, i) => value(Math.floor(i / worlds), i % worlds)),
});

describe("users and worlds drawn anew", () => {
  it("with everybody once give the mean over worlds; a user drawn twice counts twice", () => {
    const cells = table(3, 2, (u, w) => (u === 2 && w === 1 ? Number.NaN : 10 * u + w));
    expect(meanOfDraw(cells, { users: ones(3), worlds: ones(2) })).toBeCloseTo(
      meanOverWorlds(cells)!.estimate,
      12,
    );
    const twice = Uint16Array.of(2, 1, 0);
    expect(meanOfDraw(cells, { users: twice, worlds: Uint16Array.of(1, 0) })).toBeCloseTo(
      (0 + 0 + 10) / 3,
      12,
    );
    expect(meanOfDraw(cells, { users: Uint16Array.of(0, 0, 3), worlds: Uint16Array.of(0, 2) })).toBeNull();
  });

  it("vary as much as the crossed t says, a little more rather than less", () => {
    // A user's and a world's share of each cell, and one of its own.
    const wave = (i: number): number => Math.sin(12.9898 * (i + 1)) * 1.4;
    const cells = table(60, 8, (u, w) => wave(u) + 0.5 * wave(100 + w) + wave(1000 + 8 * u + w));
    const means: number[] = [];
    resampleCrossed(cells, rootKey(1), 2000, (draw) => means.push(meanOfDraw(cells, draw)!));
    const centre = means.reduce((sum, m) => sum + m, 0) / means.length;
    const spread = Math.sqrt(means.reduce((sum, m) => sum + (m - centre) ** 2, 0) / means.length);
    const { standardError } = infer(meanOverWorlds(cells))!;
    expect(spread / standardError).toBeGreaterThan(0.85);
    expect(spread / standardError).toBeLessThan(1.35);
  });

  it("leave one or two worlds as they are, and are the same for the same key", () => {
    const worlds: number[][] = [];
    const users: string[] = [];
    for (const _ of [1, 2])
      resampleCrossed({ users: 5, worlds: 2 }, rootKey(7), 3, (draw) => {
        worlds.push([...draw.worlds]);
        users.push(draw.users.join());
      });
    expect(worlds.every((own) => own.join() === "1,1")).toBe(true);
    expect(users.slice(0, 3)).toEqual(users.slice(3));
  });
});
