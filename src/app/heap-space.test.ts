import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";

/**
 * By how much the space that V8 takes for new objects grows where many live a little longer than one collection, in a process of its
 * own, where it has reached some size already.
 */
function growth(before: string): number {
  const script = `
    import { getHeapSpaceStatistics } from "node:v8";
    import { smallHeaps } from ${JSON.stringify(new URL("./heap-space.ts", import.meta.url).href)};
    const taken = () => getHeapSpaceStatistics().find((space) => space.space_name === "new_space").space_size;
    const latest = Array.from({ length: 200_000 }, () => ({}));
    const work = (rounds, told) => {
      for (let i = 0; i < rounds * latest.length; i++) {
        latest[i % latest.length] = { i, rest: [i, i] };
        if (i % 10_000 === 0) told();
      }
    };
    work(3, () => {});
    const size = taken();
    ${before}
    work(20, () => globalThis.heaps?.look());
    console.log(taken() / size);
  `;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--max-semi-space-size=256", "--input-type=module", "--eval", script],
    { encoding: "utf8" },
  );
  expect(stderr).toBe("");
  return Number(stdout);
}

describe("small heaps", () => {
  test("the space for new objects grows no further once it has enough", () => {
    expect(growth("globalThis.heaps = smallHeaps();")).toBe(1);
  });

  test("afterwards it grows as usual", () => {
    expect(growth("smallHeaps().end();")).toBeGreaterThan(1);
  });

  test("it stays as it is while another run goes on", () => {
    const held = "globalThis.heaps = smallHeaps(); const other = smallHeaps(); other.end(); other.end();";
    expect(growth(held)).toBe(1);
  });
});
