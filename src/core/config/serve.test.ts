import { describe, expect, it } from "vitest";
import { parseUserConfig, resolveConfig } from "./load.ts";
import { goesByStages, serverStarts } from "./schedule.ts";
import type { UserConfig } from "./schema.ts";
import { commandOf, recordedModels, withOwnCommands, withoutCommands } from "./serve.ts";

const POOL = { attributes: ["a", "b"], principles: ["c", "d"] };
const served = (name: string, more: object = {}) => ({
  ...{ provider: "openai", model: name, baseUrl: `http://127.0.0.1:1/${name}` },
  serve: `serve ${name}`,
  ...more,
});
const resolved = (config: UserConfig) => resolveConfig(parseUserConfig(config, "a test"), () => POOL);
const own = (config: UserConfig) =>
  resolveConfig(withOwnCommands(parseUserConfig(config, "a test")), () => POOL);
const all = new Set(["rewriter", "candidate", "judge", "base", "embedder"]);

describe("commands that serve models", () => {
  it("are known where the user's own configuration has them, in either form, and in nothing else", () => {
    const forms = [
      served("m", { env: { A: "b" }, readyTimeoutSeconds: 5 }),
      served("m", { serve: { command: "serve m", env: { A: "b" }, readyTimeoutSeconds: 5 } }),
    ];
    for (const judge of forms) {
      const config = { models: { judge } } as UserConfig;
      expect(commandOf(own(config).models.judge)).toEqual({
        command: "serve m",
        env: { A: "b" },
        readyTimeoutSeconds: 5,
        device: "gpu",
      });
      expect(commandOf(resolved(config).models.judge)).toBeUndefined();
      const throughRecord = JSON.parse(JSON.stringify(own(config))) as { models: object };
      expect(
        commandOf(resolved({ models: throughRecord.models } as UserConfig).models.judge),
      ).toBeUndefined();
      expect(JSON.stringify(withoutCommands(config))).not.toContain("serve");
    }
  });

  it("stand in records, without the values of their variables", () => {
    const { models } = own({ models: { judge: served("m", { env: { A: "value" } }) } } as UserConfig);
    const text = JSON.stringify(recordedModels(models));
    expect(text).toContain("serve m");
    expect(text).toContain('"A":"(not kept)"');
    expect(text).not.toContain("value");
  });

  it.each([
    ["env", { env: { HF_TOKEN: "hf_abcdefghijklmnop" } }],
    ["serve", { serve: "vllm serve m --api-key abc123" }],
    ["serve", { serve: ["vllm", "serve", "m", "--api-key=abc123"] }],
  ])("hold no secret: %s", (key, more) => {
    expect(() => resolved({ models: { judge: served("m", more) } } as UserConfig)).toThrow(
      new RegExp(`models.judge.${key}.*looks like a secret`),
    );
  });

  it.each<[string, object, { stages: boolean; starts: number; isAtLeast: boolean }]>([
    ["one model", { base: served("m") }, { stages: false, starts: 1, isAtLeast: false }],
    ["two in turn", { base: served("m"), judge: served("j") }, { stages: true, starts: 4, isAtLeast: false }],
    [
      "two on devices of their own",
      { base: served("m"), judge: served("j", { device: "gpu1" }) },
      { stages: false, starts: 2, isAtLeast: false },
    ],
    [
      "the embedder, too",
      { base: served("m"), judge: served("j"), embedder: served("e") },
      { stages: true, starts: 5, isAtLeast: true },
    ],
  ])("are counted: %s", (_what, models, { stages, ...starts }) => {
    const config = own({ models } as UserConfig);
    expect(goesByStages(config)).toBe(stages);
    expect(serverStarts(config, all)).toEqual(starts);
    expect(serverStarts(resolved({ models } as UserConfig), all)).toBeNull();
  });
});
