import { describe, expect, it } from "vitest";
import { runFixture } from "../../test/support/run-fixture.ts";
import { haveSameUsers } from "./same-users.ts";

const { config } = runFixture({ users: 4 }).results;

describe("two runs have the same users and worlds", () => {
  it("whatever their models, methods, judges and sizes are", () => {
    const other = { provider: "openai" as const, model: "another" };
    expect(
      haveSameUsers(config, {
        ...config,
        models: { ...config.models, base: other, judge: other },
        methods: [{ id: "none" }],
        users: { ...config.users, test: 3 },
        worlds: [1, 2, 3],
        pool: { ...config.pool, name: "mine" },
      }),
    ).toBe(true);
  });

  it("but not with another pool, seed, mapping, source of prompts or number of targets", () => {
    for (const change of [
      { pool: { ...config.pool, principles: config.pool.principles.toReversed() } },
      { seed: 9 },
      { mapping: { kind: "gaussian" as const } },
      { mapping: { kind: "stacked-permutation" as const, k: 2 } },
      { users: { ...config.users, attributes: "random" as const } },
      { conversations: { ...config.conversations, source: "other.jsonl" } },
      { targets: 2 },
      { activeAttributes: 2 as const },
      { users: { ...config.users, voices: false } },
    ]) {
      expect([change, haveSameUsers(config, { ...config, ...change })]).toEqual([change, false]);
    }
  });
});
