import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../core/errors.ts";
import { isSimulated, providerNamed, providerOf } from "./registry.ts";

const src = join(import.meta.dirname, "..");

describe("providers describe themselves", () => {
  it("finds one by its name, and names them all where there is none", () => {
    expect(providerOf({ provider: "local" })).toMatchObject({ id: "local", free: true, simulated: false });
    expect(providerNamed("acme")).toBeUndefined();
    expect(() => providerOf({ provider: "acme" })).toThrow(UsageError);
    expect(() => providerOf({ provider: "acme" })).toThrow(
      expect.objectContaining({ remedy: "choose one of: sim, openai, local" }),
    );
  });

  it("a model of the user's own says for itself whether it is simulated", () => {
    expect(isSimulated({ provider: "sim" })).toBe(true);
    expect(isSimulated({ provider: "own", object: { identity: "a", simulated: true } })).toBe(true);
    expect(isSimulated({ provider: "own", object: { identity: "a", simulated: false } })).toBe(false);
  });

  it("the simulated one knows its models by role and its traits by name; others take any", () => {
    const { check, checkTrait } = providerOf({ provider: "sim" });
    expect(() => check?.("judge", { provider: "sim", model: "weak" })).not.toThrow();
    expect(() => check?.("chat", { provider: "sim", model: "weak" })).toThrow(/no simulated model "weak"/);
    expect(() => check?.("embedder", { provider: "sim", model: "weak" })).toThrow(/no simulated embedder/);
    expect(() => checkTrait?.("gentel")).toThrow(/did you mean "gentle"/);
    expect(providerOf({ provider: "openai" }).checkTrait).toBeUndefined();
  });

  it("nothing else in the house asks for one by name", () => {
    // Kinds of answers may be "own", too.
    const comparing =
      /(?:(?<!\bkind )(?<![=!])[=!]==?|case) "(?:sim|openai|local|own)"|"(?:sim|openai|local|own)" [=!]==?/;
    const files = readdirSync(src, { recursive: true, encoding: "utf8" });
    const asking = files.filter(
      (file) =>
        file.endsWith(".ts") &&
        !file.endsWith(".test.ts") &&
        comparing.test(readFileSync(join(src, file), "utf8")),
    );
    expect(files.length).toBeGreaterThan(100);
    expect(asking).toEqual([]);
  });
});
