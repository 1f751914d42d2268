import { METHODS } from "../src/methods/registry.ts";
import { configReference, type Node } from "./config-schema.ts";

const INTRO = `# Configuration

Every key of \`apm.config.ts\`, \`apm.config.js\` and \`apm.config.json\`. This page is made from the schema that configurations
are checked with (\`npm run docs:config\`); the package holds the same as a JSON Schema for editors:

\`\`\`json
{ "$schema": "./node_modules/apm-bench/schema/apm.config.schema.json", "pool": "k4" }
\`\`\`

Values come from, the later over the earlier: the defaults below, the preset of \`--preset\`, the file, the flags. Sections
such as \`users\` are merged key by key; lists are replaced; so is a model, unless it names neither \`provider\` nor \`model\`
and changes single settings alone. \`--set users.train=200\` sets any key; \`apm-bench config\` prints what results, and where
each value comes from. Files that a configuration names are taken relative to the folder in which the command is run.
`;

/** docs/configuration.md. */
export function configPage(): string {
  const { config, model, methods } = configReference();
  const keys = rowsOf(config, "");
  const options = methods.map(({ id, options }) => {
    const about = METHODS.find((method) => method.id === id) as (typeof METHODS)[number];
    const rows = rowsOf(options, "");
    return `### ${id}\n\n${capital(about.summary)}.${rows.length === 0 ? " No options." : `\n\n${table(rows)}`}`;
  });
  return `${[
    INTRO.trimEnd(),
    "## Keys",
    table(keys),
    "## A model",
    'A model is `"provider:model"`, such as `"sim:default"`, or an object of these settings; one without `provider` and `model` changes single settings of the model that would stand there without it:',
    table(rowsOf(model, "")),
    "## Methods and their options",
    'A method is an id, or an object with its options, such as `{ "id": "routing", "labels": "soft" }`. `name` is what tables show it under; two methods of one id need two names.',
    ...options,
  ].join("\n\n")}\n`;
}

type Row = readonly [key: string, values: string, otherwise: string, meaning: string];

function rowsOf(node: Node, prefix: string): Row[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, inner]): Row[] => {
    const key = `${prefix}${name}`;
    if (inner.properties !== undefined && inner.default === undefined) {
      return [[`**${key}**`, "", inner.unset ?? "", inner.description ?? ""], ...rowsOf(inner, `${key}.`)];
    }
    const isRequired = node.required?.includes(name) && inner.default === undefined;
    const otherwise =
      inner.default !== undefined ? code(inner.default) : isRequired ? "required" : (inner.unset ?? "");
    return [[code(key, false), valuesOf(inner), otherwise, inner.description ?? ""]];
  });
}

/** What a key may be, in words. */
function valuesOf(node: Node): string {
  if (node.anyOf !== undefined) return node.anyOf.map(valuesOf).join(", or ");
  if (node.enum !== undefined) return node.enum.map((value) => code(value)).join(", ");
  switch (node.type) {
    case "integer":
      return `whole number${limits(node)}`;
    case "number":
      return `number${limits(node)}`;
    case "boolean":
      return "`true` or `false`";
    case "array":
      return `list of ${node.items === undefined ? "values" : plural(valuesOf(node.items))}`;
    case "object":
      return node.properties === undefined
        ? "object"
        : `{ ${Object.keys(node.properties).slice(0, 3).join(", ")}${Object.keys(node.properties).length > 3 ? ", ..." : ""} }`;
    default:
      return "text";
  }
}

const plural = (words: string): string => words.replace(/^(text|whole number|number)/, "$1s");

function limits({ minimum, exclusiveMinimum, maximum }: Node): string {
  const low =
    minimum !== undefined
      ? ` from ${minimum}`
      : exclusiveMinimum !== undefined
        ? ` above ${exclusiveMinimum}`
        : "";
  return `${low}${maximum === undefined ? "" : ` to ${maximum}`}`;
}

function code(value: unknown, asJson = true): string {
  return `\`${asJson ? JSON.stringify(value) : value}\``;
}

function table(rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((c) => c.replaceAll("|", "\\|")).join(" | ")} |`;
  return [
    line(["key", "values", "default", "meaning"]),
    line(["---", "---", "---", "---"]),
    ...rows.map(line),
  ].join("\n");
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
