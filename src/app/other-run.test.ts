import { describe, expect, it } from "vitest";
import { memorySystem } from "../../test/support/memory-system.ts";
import { DEFAULTS } from "../core/config/defaults.ts";
import { parseUserConfig } from "../core/config/load.ts";
import type { UserConfig } from "../core/config/schema.ts";
import { writeConfig } from "../run-folder/run-directory.ts";
import { asBegun, refuseOtherConfig } from "./other-run.ts";
import { completeConfig } from "./resolve.ts";

const { system } = memorySystem();
const complete = (config: UserConfig) =>
  completeConfig(system, parseUserConfig({ out: "r", ...config }, "test"));

/** A directory that a run of this configuration wrote into. */
function directoryOf(config: UserConfig) {
  const memory = memorySystem();
  writeConfig(memory.system, "r", complete(config));
  return memory.system;
}

describe("another configuration in a run's directory", () => {
  it.each<[string, UserConfig]>([
    ["worlds, seed", { seed: 2 }],
    ["users", { users: { test: 5 } }],
    ["methods", { methods: ["none", { id: "routing", labels: "soft" }] }],
    ["models", { models: { judge: "sim:peer" } }],
  ])("is refused, with what differs: %s", (keys, config) => {
    expect(() => refuseOtherConfig(directoryOf({}), complete(config))).toThrow(
      expect.objectContaining({
        message: `this directory holds a run of another configuration (${keys})`,
        where: "r",
        remedy: expect.stringMatching(/--out.*--replace/),
      }),
    );
  });

  it.each<[string, UserConfig]>([
    ["the same", {}],
    ["more worlds", { worlds: 7 }],
    ["one method more", { methods: [...DEFAULTS.methods, { id: "routing", name: "soft", labels: "soft" }] }],
    ["other traffic and budget", { concurrency: 3, budget: { calls: 10 } }],
  ])("%s is welcome", (_, config) => {
    expect(() => refuseOtherConfig(directoryOf({}), complete(config))).not.toThrow();
  });

  it("of a version that wrote less of its judge goes on asking as it did, unless it is replaced", () => {
    const memory = memorySystem();
    const { constrain: _, order: __, ...judge } = complete({}).judge;
    memory.system.writeFile("r/config.json", JSON.stringify({ ...complete({}), judge }));
    const going = asBegun(memory.system, complete({}));
    expect(going.judge).toEqual({ ...judge, constrain: "off", order: "property-first" });
    expect(() => refuseOtherConfig(memory.system, going)).not.toThrow();
    expect(() => refuseOtherConfig(memory.system, complete({}))).toThrow(/judge/);
    expect(asBegun(directoryOf({}), complete({})).judge.constrain).toBe("auto");
    expect(asBegun(memorySystem().system, complete({})).judge.constrain).toBe("auto");
  });

  it("of a version that knew one way to score and to draw attributes goes on, in that way alone", () => {
    const memory = memorySystem();
    const whole = complete({});
    const { mapping: _, sees: __, ...judge } = whole.judge;
    const { attributes: ___, ...users } = whole.users;
    const { styles: ____, ...older } = { ...whole, judge, users };
    memory.system.writeFile("r/config.json", JSON.stringify(older));
    expect(() => refuseOtherConfig(memory.system, whole)).not.toThrow();
    for (const [key, other] of [
      ["judge", { judge: { scale: 100, mapping: "tenth" } }],
      ["judge", { judge: { sees: "prompt-and-answer" } }],
      ["users", { users: { attributes: "random" } }],
      ["styles", { styles: { avoid: "avoid" } }],
    ] as const)
      expect(() => refuseOtherConfig(memory.system, complete(other))).toThrow(key);
  });

  it("is told by the settings that both know: an older version wrote fewer", () => {
    const memory = memorySystem();
    const { statistics: _, ...older } = complete({});
    memory.system.writeFile("r/config.json", JSON.stringify(older));
    expect(() => refuseOtherConfig(memory.system, complete({ statistics: { margin: 1 } }))).not.toThrow();
  });
});
