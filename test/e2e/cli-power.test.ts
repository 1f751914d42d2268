import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { usersNeeded } from "../../src/statistics/power.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";
import { runFixture } from "../support/run-fixture.ts";

const folder = temporaryFolder();

function pilot(name: string, worlds: number): string {
  const file = join(folder, `${name}.json`);
  const methods = [{ id: "none" }, { id: "routing-oracle" }, { id: "routing" }] as const;
  writeFileSync(file, JSON.stringify(runFixture({ users: 60, worlds, methods, seed: 4 }).results));
  return file;
}

interface Plan {
  readonly effect: number;
  readonly methods: {
    id: string;
    variance: { users: number; worlds: number | null; residual: number };
    needs: { worlds: number; users: number | null; usersRange: (number | null)[] }[];
    smallestWithPlan: number | null;
  }[];
}

describe("estimate --pilot", () => {
  it("says how many users find an effect, for each method of the pilot and each number of worlds", async () => {
    const args = ["estimate", "--preset", "smoke", "--worlds", "4", "--pilot", pilot("five", 5)];
    const { code, stdout, stderr } = await runCli([...args, "--effect", "0.4", "--json"], folder);
    expect(code, stderr).toBe(0);
    const { effect, methods } = (JSON.parse(stdout) as { power: Plan }).power;
    expect(effect).toBe(0.4);
    expect(methods.map((m) => m.id)).toEqual(["routing-oracle", "routing"]);
    for (const { variance, needs } of methods) {
      expect(needs.map((n) => n.worlds)).toEqual([2, 4, 5, 10, 20, 50]);
      for (const { worlds, users, usersRange } of needs) {
        expect(users).toBe(usersNeeded(variance, 0.4, worlds));
        const [low, high] = usersRange.map((end) => end ?? Infinity) as [number, number];
        expect(low).toBeLessThanOrEqual(high);
      }
      expect(needs.at(-1)?.users).toBeGreaterThan(1);
    }
    const shown = await runCli([...args, "--effect", "0.4"], folder);
    expect(shown.stdout).toContain("gain of 0.4 with power 0.8");
    expect(shown.stdout).toContain(
      "Minimum detectable effect of the configuration's size (40 users, 4 worlds) with power 0.8",
    );
  });

  it("plans for one world from one world, and says what that leaves open", async () => {
    const { stdout } = await runCli(["estimate", "--preset", "smoke", "--pilot", pilot("one", 1)], folder);
    expect(stdout).toMatch(/method +1 world\n/);
    expect(stdout).toContain("cannot tell how much worlds differ");
  });

  it.each([
    ["a missing run", ["--pilot", "nowhere"], "nowhere"],
    ["an effect of nothing", ["--effect", "0"], "points of reward"],
    ["a sure power", ["--power", "1"], "between 0.5 and 1"],
  ])("refuses %s", async (_, flags, words) => {
    const { code, stderr } = await runCli(["estimate", "--preset", "smoke", ...flags], folder);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  it("refuses a record without variances, with a remedy", async () => {
    const { results } = runFixture({ users: 10 });
    const methods = results.methods.map(({ summary: { variance: _, ...summary }, ...m }) => ({
      ...m,
      summary,
    }));
    writeFileSync(join(folder, "old.json"), JSON.stringify({ ...results, methods }));
    const { code, stderr } = await runCli(["estimate", "--preset", "smoke", "--pilot", "old.json"], folder);
    expect(code).toBe(2);
    expect(stderr).toContain("no variances");
    expect(stderr).toContain("run it again");
  });
});
