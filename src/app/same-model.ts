import { ApmError, ProviderError } from "../core/errors.ts";

/** One of several servers that are to serve one model. */
export interface SameServer {
  /** As people may read it. */
  readonly name: string;
  /** Names of the models that it says it has; nothing when it does not say. */
  names(): Promise<readonly string[] | undefined>;
}

/** Makes calls at one of the servers, by its number. */
export type CheckedCall = <T>(server: number, call: () => Promise<T>) => Promise<T>;

/**
 * Looks whether servers that are to serve one model do, before the first call to each of them, and again when one has been
 * away: an answer of another model would be stored as one of this model. A server that lists its models must list this one
 * where another server does, and where none does (llama.cpp names its file, whatever it is asked for) have some in common
 * with the others.
 * @throws ApmError naming the server and what it serves
 */
export function sameModel(model: string, servers: readonly SameServer[]): CheckedCall {
  const lists = new Map<number, readonly string[]>();
  const looked = new Map<number, Promise<void>>();
  const look = async (server: number): Promise<void> => {
    const unknown = servers.flatMap((_, i) => (i === server || !lists.has(i) ? [i] : []));
    await Promise.all(
      unknown.map(async (i) => {
        const names = await servers[i]?.names();
        if (names !== undefined && names.length > 0) lists.set(i, names.map(withoutLatest));
      }),
    );
    const own = lists.get(server);
    if (own === undefined || own.includes(withoutLatest(model))) return;
    const others = [...lists].filter(([i]) => i !== server);
    const isServed = others.some(([, names]) => names.includes(withoutLatest(model)));
    const isShared = others.every(([, names]) => names.some((name) => own.includes(name)));
    if (!isServed && isShared) return;
    const other = others.find(([, names]) => !names.some((name) => own.includes(name)));
    throw new ApmError(
      isServed || other === undefined
        ? `${servers[server]?.name} serves another model than "${model}": ${own.join(", ")}`
        : `two servers of "${model}" serve different models: ${own.join(", ")} at ${servers[server]?.name}, ${other[1].join(", ")} at ${servers[other[0]]?.name}`,
      {
        where: `baseUrl: ${servers[server]?.name}`,
        remedy:
          "take the server out of the list, or start it with the same model (vLLM: --served-model-name gives it its name)",
      },
    );
  };
  return async (server, call) => {
    const known = looked.get(server) ?? look(server);
    looked.set(server, known);
    await known;
    try {
      return await call();
    } catch (error) {
      // Whoever comes back may be another.
      if (error instanceof ProviderError && error.isAbsent) looked.delete(server);
      throw error;
    }
  };
}

/** Ollama's name of what is asked for without a tag. */
const withoutLatest = (name: string): string => name.replace(/:latest$/, "");
