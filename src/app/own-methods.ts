import type { MethodConfig, OwnMethodConfig } from "../core/config/resolved.ts";
import { UsageError } from "../core/errors.ts";
import { parseJson } from "../core/json-file.ts";
import { aboutOnly } from "../core/method-about.ts";
import type { System } from "../core/ports/system.ts";
import type { OwnMethod } from "../methods/own.ts";
import { METHOD_IDS } from "../methods/registry.ts";
import { importDefault } from "./config-module.ts";

/** The methods that a configuration as a person wrote it defines. */
export function methodsOwned(value: unknown): OwnMethod[] {
  const { methods } = (value ?? {}) as { methods?: unknown };
  return Array.isArray(methods) ? methods.filter(isOwn) : [];
}

/**
 * The same configuration with every method object replaced by its entry, which config.json can hold.
 * @param file where the objects stand; absent when a program gave them
 * @throws UsageError for an object that lacks a part
 */
export function withMethodsNamed(value: unknown, file?: string): unknown {
  if (methodsOwned(value).length === 0) return value;
  const { methods, ...rest } = value as { methods: unknown[] };
  return {
    ...rest,
    methods: methods.map((method, i) => (isOwn(method) ? entryOf(method, i, file) : method)),
  };
}

/**
 * Loads the methods that entries name, from the configuration files that they were found in.
 * @param given those that a program has handed over
 * @returns looks one up; throws a UsageError when it is gone or another version
 */
export async function loadOwnMethods(
  system: System,
  methods: readonly MethodConfig[],
  given: readonly OwnMethod[] = [],
): Promise<(config: OwnMethodConfig) => OwnMethod> {
  const own = methods.filter((method): method is OwnMethodConfig => method.object !== undefined);
  const loaded = new Map(given.map((method) => [method.id, method]));
  for (const file of new Set(own.flatMap(({ object }) => object.file ?? []))) {
    if (!system.exists(file)) throw gone(`the configuration file ${file} is gone`, file);
    for (const method of methodsOwned(await importDefault(system, file))) loaded.set(method.id, method);
  }
  const found = ({ id, object }: OwnMethodConfig): OwnMethod => {
    const method = loaded.get(id);
    const where = object.file ?? `methods (${id})`;
    if (method === undefined) throw gone(`there is no method "${id}" any more`, where);
    if (method.version === object.version) return method;
    throw gone(
      `the method "${id}" is another version: it was ${object.version}, now ${method.version}`,
      where,
    );
  };
  // Better said before anything is touched.
  for (const config of own) found(config);
  return found;
}

/**
 * Checks that the methods of a run are still those that gave its answers.
 * @param file the run's config.json
 * @throws UsageError as `loadOwnMethods`
 */
export async function checkOwnMethods(system: System, file: string): Promise<void> {
  if (!system.exists(file)) return;
  const { methods } = parseJson(system, file) as { methods?: readonly MethodConfig[] };
  await loadOwnMethods(system, methods ?? []);
}

function gone(message: string, where: string): UsageError {
  return new UsageError(message, {
    where,
    remedy:
      "bring back the file and the method that the run was made with, or start a run of its own with --out; " +
      "`apm-bench report` and `apm-bench view` need no methods",
  });
}

function isOwn(value: unknown): value is OwnMethod {
  if (typeof value !== "object" || value === null) return false;
  const { fit, answer } = value as Record<string, unknown>;
  return typeof fit === "function" || typeof answer === "function";
}

const ID = /^[a-z][a-z0-9-]*$/;

function entryOf(
  method: OwnMethod & { name?: string },
  index: number,
  file: string | undefined,
): OwnMethodConfig {
  const { id, name, version, title = id, summary = "a method of the user's own", role = "method" } = method;
  const fail = (message: string, remedy: string): never => {
    throw new UsageError(message, { where: file ?? `methods[${index}]`, remedy });
  };
  if (typeof id !== "string" || !ID.test(id)) {
    fail(
      `a method's id is ${JSON.stringify(id)}`,
      'write lower-case letters, digits and dashes, such as "my-method"',
    );
  }
  if ((METHOD_IDS as readonly string[]).includes(id)) {
    fail(`the id "${id}" is that of a method of the package`, "give your own method an id of its own");
  }
  if (typeof version !== "string" || version === "") {
    fail(
      `the method "${id}" has no version`,
      'give it version: "1", and a new one whenever it would answer otherwise',
    );
  }
  const { readsHistory = true, instead, colour, answers = "anew" } = method;
  return {
    id,
    ...(name === undefined ? {} : { name }),
    object: {
      ...(file === undefined ? {} : { file }),
      version,
      about: aboutOnly({ id, title, summary, role, readsHistory, instead, colour }),
      learns: "fit" in method,
      answers,
    },
  };
}
