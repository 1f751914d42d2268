import { describe, expect, it } from "vitest";
import { memorySystem } from "../../../test/support/memory-system.ts";
import { parseUserConfig } from "../../core/config/load.ts";
import type { Config } from "../../core/config/resolved.ts";
import { completeConfig } from "../resolve.ts";
import { receivedConfig, travellingConfig } from "./travelling-config.ts";

const { system } = memorySystem();
const server = { provider: "openai", model: "m", baseUrl: "http://gpu:8000/v1", apiKeyEnv: "GPU_KEY" };
const configOf = (more: object = {}): Config =>
  completeConfig(system, parseUserConfig({ models: { judge: server }, seed: 3, ...more }, "test"));
const settings = { out: "worker", variables: ["GPU_KEY"] };
/** As the database gives it back. */
const travelled = (config: Config): Record<string, unknown> =>
  JSON.parse(JSON.stringify(travellingConfig(config))) as Record<string, unknown>;

describe("a configuration in a queue's database", () => {
  it("comes out as it went in, but for what is of one machine", () => {
    const config = configOf({ budget: { calls: 5 }, out: "here" });
    const received = receivedConfig(system, travelled(config), settings);
    expect({ ...received, out: config.out, budget: config.budget }).toEqual(config);
    expect(received.out).toBe("worker");
  });

  it("holds no command, and one that somebody puts into it is not taken over", () => {
    const sent = travelled(configOf()) as { models: { judge: object } };
    sent.models.judge = { ...sent.models.judge, serve: "rm -rf /" };
    expect(JSON.stringify(receivedConfig(system, sent, settings))).not.toContain("rm -rf");
  });

  it("cannot ask for a variable of the environment that the worker was not told of", () => {
    const sent = travelled(configOf());
    expect(() => receivedConfig(system, sent, { ...settings, variables: [] })).toThrow(/GPU_KEY/);
    const headers = travelled(
      configOf({ models: { judge: { ...server, headersEnv: { "x-key": "AWS_SECRET" } } } }),
    );
    expect(() => receivedConfig(system, headers, settings)).toThrow(/AWS_SECRET/);
  });

  it("takes a worker's own way to a model, and nothing else of the worker's", () => {
    const own = configOf({
      models: { judge: { ...server, model: "other", baseUrl: "http://localhost:1/v1", concurrency: 3 } },
    });
    const { judge } = receivedConfig(system, travelled(configOf()), { ...settings, own }).models;
    expect(judge).toMatchObject({ model: "m", baseUrl: "http://localhost:1/v1", concurrency: 3 });
  });
});
