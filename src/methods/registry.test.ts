import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { METHOD_IDS, METHODS, methodHead } from "./registry.ts";

const src = join(import.meta.dirname, "..");

describe("the registry", () => {
  it("has one baseline, and says of every method what a table needs", () => {
    expect(new Set(METHOD_IDS).size).toBe(METHODS.length);
    expect(METHODS.filter(({ role }) => role === "baseline")).toHaveLength(1);
    for (const method of METHODS) {
      expect(method.colour).toMatch(/^#[0-9a-f]{6}$/);
      expect("instead" in method, method.id).toBe(!method.readsHistory);
      expect(method.summary, method.id).not.toBe("");
    }
  });

  it("is the page that people read: every method has a row", () => {
    const page = readFileSync(join(src, "..", "docs", "methods.md"), "utf8");
    for (const { id } of METHODS) expect(page).toMatch(new RegExp(`^\\| \`${id}\` \\|`, "m"));
  });

  it("is asked, and no id is compared with a literal", () => {
    const literal = new RegExp(`\\bid\\s*[!=]==?\\s*"(?:${METHOD_IDS.join("|")})"`);
    const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
    );
    expect(files.filter((file) => literal.test(readFileSync(join(src, file), "utf8")))).toEqual([]);
  });

  it("refuses an unknown method and an unknown option, by their place", () => {
    expect(() => methodHead({ id: "ruoting" }, 2)).toThrow(/no method "ruoting"/);
    expect(() => methodHead({ id: "routing", lables: "soft" }, 0)).toThrow(/lables/);
  });
});
