import { z } from "zod";
import { DEFAULTS } from "../src/core/config/defaults.ts";
import { userConfigSchema } from "../src/core/config/schema.ts";
import { METHODS } from "../src/methods/registry.ts";

/** The part of JSON Schema that a configuration needs. */
export interface Node {
  type?: string;
  description?: string;
  default?: unknown;
  /** What holds without the key, where that is no value. */
  unset?: string;
  properties?: Record<string, Node>;
  required?: string[];
  additionalProperties?: unknown;
  items?: Node;
  anyOf?: Node[];
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  exclusiveMaximum?: number;
  $ref?: string;
  $defs?: Record<string, Node>;
  [keyword: string]: unknown;
}

/** Where the published schema lies in the package: what `$schema` of a configuration names. */
export const SCHEMA_FILE = "schema/apm.config.schema.json";

/** Keys, descriptions and defaults of a configuration, of a model's settings, and of each method's options. */
export function configReference(): { config: Node; model: Node; methods: { id: string; options: Node }[] } {
  const config = jsonSchema(userConfigSchema);
  setDefaults(config, DEFAULTS);
  const models = property(config, "models");
  const model = property(models, "base").anyOf?.find(({ properties }) => properties !== undefined) as Node;
  const methods = METHODS.map(({ id, options }) => ({ id, options: jsonSchema(options) }));
  return { config, model, methods };
}

/** The JSON Schema that editors check an `apm.config.json` with. */
export function publishedSchema(): Node {
  const { config, model, methods } = configReference();
  const models = property(config, "models");
  for (const [role, node] of Object.entries(models.properties ?? {})) {
    const { anyOf: _, ...about } = node;
    (models.properties as Record<string, Node>)[role] = { ...about, $ref: "#/$defs/model" };
  }
  const shared = property(config, "methods").items?.anyOf?.find(({ properties }) => properties) as Node;
  property(config, "methods").items = {
    anyOf: [
      { enum: methods.map(({ id }) => id) },
      ...methods.map(({ id, options }) => ({
        ...options,
        properties: { ...shared.properties, id: { const: id }, ...options.properties },
        required: ["id", ...(options.required ?? [])],
        additionalProperties: false,
      })),
    ],
  };
  const text = { type: "string", pattern: "^[a-z]+:.+$" };
  return withoutUnset({
    title: "A configuration of apm-bench",
    ...config,
    $defs: { model: { anyOf: [text, model] } },
  });
}

function jsonSchema(schema: z.ZodType): Node {
  return withoutLimits(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Node);
}

const property = (node: Node, key: string): Node => node.properties?.[key] as Node;

/** The limits of a safe integer say nothing to a reader. */
function withoutLimits(node: Node): Node {
  return mapped(node, ({ minimum, maximum, ...rest }) => ({
    ...rest,
    ...(minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && { minimum }),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && { maximum }),
  }));
}

/** JSON Schema has no word for what holds without a key: the description says it. */
function withoutUnset(node: Node): Node {
  return mapped(node, ({ unset, ...rest }) =>
    unset === undefined ? rest : { ...rest, description: `${rest.description} (without it: ${unset})` },
  );
}

function mapped(node: Node, change: (node: Node) => Node): Node {
  const walk = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(walk);
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(
      Object.entries(change(inner as Node)).map(([key, value]) => [
        key,
        key === "properties" || key === "$defs"
          ? Object.fromEntries(Object.entries(value as Record<string, Node>).map(([k, v]) => [k, walk(v)]))
          : walk(value),
      ]),
    );
  };
  return walk(node) as Node;
}

function setDefaults(node: Node, defaults: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(defaults)) {
    const inner = property(node, key);
    if (inner.properties !== undefined) setDefaults(inner, value as Record<string, unknown>);
    else inner.default = value;
  }
}
