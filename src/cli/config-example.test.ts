import { describe, expect, it } from "vitest";
import { memorySystem } from "../../test/support/memory-system.ts";
import { completeConfig } from "../app/resolve.ts";
import { parseUserConfig } from "../core/config/load.ts";
import { CONFIG_EXAMPLE } from "./config-example.ts";
import { main } from "./main.ts";

const objectOf = (source: string): unknown => {
  const body = source.slice(
    source.indexOf("defineConfig(") + "defineConfig(".length,
    source.lastIndexOf(");"),
  );
  return new Function(`return (${body})`)();
};

/** The example with every default made a setting: lines that begin with `// key:` and what belongs to them. */
const uncommented = CONFIG_EXAMPLE.replaceAll(/^ {2}\/\/ (?=(\w+: |\],| {2}["{]))/gm, "  ");

describe("the configuration that init writes", () => {
  const { system } = memorySystem();
  const complete = (config: unknown) => completeConfig(system, parseUserConfig(config, "example"));

  it("sets nothing, so that presets hold", () => {
    expect(objectOf(CONFIG_EXAMPLE)).toEqual({});
  });

  it("shows the defaults behind its slashes", () => {
    const shown = objectOf(uncommented) as object;
    expect(Object.keys(shown)).toContain("worlds");
    const { methods, ...rest } = complete(shown);
    const { methods: defaults, ...others } = complete({});
    expect(rest).toEqual(others);
    // Shown with an option, at its default.
    expect(methods.map(({ id }) => id)).toEqual(defaults.map(({ id }) => id));
    expect(methods.find(({ id }) => id === "routing")).toEqual({ id: "routing", labels: "margin" });
  });

  it("is written once, unless --force says so", async () => {
    const { system, written, printed } = memorySystem();
    expect(await main(["init"], system)).toBe(0);
    expect(written.get("apm.config.ts")).toBe(CONFIG_EXAMPLE);
    expect(await main(["init"], system)).toBe(2);
    expect(printed.stderr).toContain("--force");
    expect(await main(["init", "--force"], system)).toBe(0);
  });
});
