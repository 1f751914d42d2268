import { z } from "zod";
import { didYouMean, nearest } from "../nearest.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * What is wrong with a value that a schema refuses, one line an issue: the place by its path, what is wrong, and what was
 * probably meant.
 * @param value what was checked
 */
export function issueLines(error: z.ZodError, schema: z.ZodType, value: unknown): string[] {
  return error.issues.flatMap(specific).flatMap((issue) => {
    const place = dotted(issue.path);
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => unknownKey(schema, issue.path, key));
    const found = valueAt(value, issue.path);
    const meant =
      issue.code === "invalid_value" && typeof found === "string"
        ? didYouMean(found, issue.values.map(String))
        : "";
    return [`${place === "" ? "(whole file)" : place}: ${issue.message}${meant}`];
  });
}

/** Names the nearest key of that place; else the place elsewhere where a key of this name belongs. */
function unknownKey(schema: z.ZodType, path: Path, key: string): string {
  const known = schemasAt(schema, path).flatMap((inner) =>
    inner instanceof z.ZodObject ? Object.keys(inner.shape) : [],
  );
  const near = nearest(key, known);
  const elsewhere = keysWithin(schema).find((place) => place.split(".").at(-1) === key);
  const meant = near === undefined ? elsewhere : dotted([...path, near]);
  return `${dotted([...path, key])}: unknown key${meant === undefined ? "" : `; did you mean "${meant}"?`}`;
}

/** Of a key that may take several forms: what is wrong in the form that was meant, the one of the same type. */
function specific(issue: Issue): Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const isOtherType = (found: Issue): boolean => found.code === "invalid_type" && found.path.length === 0;
  const forms = issue.errors as Issue[][];
  const meant = forms.find((form) => !form.some(isOtherType)) ?? forms.map((form) => form[0] as Issue);
  return meant.map((found) => ({ ...found, path: [...issue.path, ...found.path] })).flatMap(specific);
}

/** The forms that a value may take at a path. */
function schemasAt(schema: unknown, path: Path): unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return schemasAt(schema.unwrap(), path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((form) => schemasAt(form, path));
  const [key, ...rest] = path;
  if (key === undefined) return [schema];
  if (schema instanceof z.ZodObject)
    return key in schema.shape ? schemasAt(schema.shape[String(key)], rest) : [];
  return schema instanceof z.ZodArray ? schemasAt(schema.element, rest) : [];
}

/** Every key of every section, dotted. */
function keysWithin(schema: unknown, path: Path = []): string[] {
  return schemasAt(schema, []).flatMap((form) =>
    form instanceof z.ZodObject
      ? Object.entries(form.shape).flatMap(([key, inner]) => [
          dotted([...path, key]),
          ...keysWithin(inner, [...path, key]),
        ])
      : [],
  );
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

/** `models.base`, `methods[2].id`. */
function dotted(path: Path): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}
