import type { UserConfig } from "../core/config/schema.ts";
import { UsageError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import { METHODS } from "../methods/registry.ts";

type Methods = NonNullable<UserConfig["methods"]>;

/**
 * The methods that --methods names, by id or by the name that tables show: those of preset or file with the options that they
 * have there, others as they are by default.
 * @param configured of preset and file
 * @throws UsageError for a name that nothing has
 */
export function chosenMethods(names: readonly string[], configured: Readonly<Methods>): Methods {
  return names.flatMap((asked): Methods => {
    const name = asked.trim();
    const called = configured.filter((method) => nameOf(method) === name);
    if (called.length > 0) return called;
    const ofThisId = configured.filter((method) => idOf(method) === name);
    if (ofThisId.length > 0) return ofThisId;
    const shipped = METHODS.find(
      ({ id, title }) => id === name || title.toLowerCase() === name.toLowerCase(),
    );
    if (shipped !== undefined) return [shipped.id];
    const known = [...METHODS.flatMap(({ id, title }) => [id, title]), ...configured.map(nameOf)];
    throw new UsageError(`there is no method "${name}"${didYouMean(name, known)}`, {
      where: "--methods",
      remedy: `name methods by comma: ${METHODS.map(({ id }) => id).join(", ")}`,
    });
  });
}

const idOf = (method: Methods[number]): string => (typeof method === "string" ? method : method.id);

/** What tables show. */
function nameOf(method: Methods[number]): string {
  const own = typeof method === "string" ? undefined : (method.name ?? titleOfOwn(method));
  return own ?? METHODS.find(({ id }) => id === idOf(method))?.title ?? idOf(method);
}

/** A method of the user's own brings its title along. */
function titleOfOwn({ object }: { readonly [key: string]: unknown }): string | undefined {
  return (object as { about?: { title?: string } } | undefined)?.about?.title;
}
