import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configPage } from "./config-page.ts";
import { configReference, type Node, publishedSchema, SCHEMA_FILE } from "./config-schema.ts";

const read = (file: string): string => readFileSync(join(import.meta.dirname, "..", file), "utf8");

/** Keys at any depth, with what is said of each. */
function keysOf(node: Node, prefix = ""): [string, Node][] {
  return [node, ...(node.anyOf ?? [])].flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([name, inner]): [string, Node][] => [
      [`${prefix}${name}${required.includes(name) ? " (required)" : ""}`, inner],
      ...keysOf(inner, `${prefix}${name}.`),
    ]),
  );
}

describe("the reference of the configuration", () => {
  const { config, model, methods } = configReference();
  const keys = [
    ...keysOf(config),
    ...keysOf(model, "model."),
    ...methods.flatMap(({ id, options }) => keysOf(options, `${id}.`)),
  ];

  it("describes every key, and says what holds without it", () => {
    expect(keys.length).toBeGreaterThan(80);
    const undescribed = keys.filter(([, { description }]) => !description?.trim()).map(([key]) => key);
    expect(undescribed).toEqual([]);
    const isSection = ({ properties }: Node): boolean => properties !== undefined;
    const open = keys.filter(
      ([key, node]) =>
        !key.endsWith("(required)") &&
        node.default === undefined &&
        node.unset === undefined &&
        !isSection(node),
    );
    expect(open.map(([key]) => key)).toEqual([]);
  });

  it("stands in docs and package as the schema of today gives it (else: npm run docs:config)", () => {
    expect(read("docs/configuration.md")).toBe(configPage());
    expect(JSON.parse(read(SCHEMA_FILE))).toEqual(JSON.parse(JSON.stringify(publishedSchema())));
  });

  it("lets no unknown key pass, at any depth", () => {
    const open = keysOf(publishedSchema())
      .filter(([, node]) => node.properties !== undefined && node.additionalProperties !== false)
      .map(([key]) => key);
    expect(open).toEqual([]);
  });
});
