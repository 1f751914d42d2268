import { addressesOf } from "../core/config/addresses.ts";
import type { Config } from "../core/config/resolved.ts";
import { commandOf } from "../core/config/serve.ts";
import { ApmError } from "../core/errors.ts";
import type { RunEvent } from "../core/events.ts";
import type { LanguageModel } from "../core/ports/language-model.ts";
import { wrapModel } from "../core/wrap-model.ts";
import type { ConfiguredMethod } from "../methods/registry.ts";
import type { Reach } from "../providers/http/reach.ts";

/** Whom a run will ask. */
export interface ServersOfRun {
  readonly models: Config["models"];
  readonly methods: readonly ConfiguredMethod[];
}

/**
 * Looks, once and just before the first call that must be paid, whether the servers are there whose turn comes late. An
 * external system is asked last, when everything else is paid: without it the run ends here. A model's server may be
 * started later, and is only told of. A run that finds everything in its store never gets here.
 * @throws ApmError naming the external system that is not there
 */
export function preflight(
  { models, methods }: ServersOfRun,
  reach: Reach,
  tell: (event: RunEvent) => void,
): () => Promise<void> {
  let looked: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    const systems = methods.flatMap(({ name, implementation }, i) => {
      const server = implementation.kind === "method" ? implementation.outside?.server : undefined;
      return server === undefined || !/^https?:/.test(server)
        ? []
        : [{ name, server, where: `methods[${i}]` }];
    });
    const servers = new Map<string, string[]>();
    for (const [role, settings] of Object.entries(models)) {
      // Those that the run starts itself are not there yet.
      if (commandOf(settings) !== undefined) continue;
      for (const { origin } of addressesOf(settings).map((address) => new URL(address)))
        servers.set(origin, [...(servers.get(origin) ?? []), role]);
    }
    await Promise.all([
      ...systems.map(async ({ name, server, where }) => {
        const reason = await reach(server);
        if (reason === undefined) return;
        throw new ApmError(`${name} is not there: ${reason}`, {
          where: `${where}, ${new URL(server).origin}`,
          remedy:
            "start the system before the run, or leave the method out for now: it is asked last, and nothing is paid yet",
        });
      }),
      ...[...servers].map(async ([origin, roles]) => {
        const reason = await reach(origin);
        if (reason === undefined) return;
        tell({ type: "note", message: `nobody answers at ${origin} yet (${roles.join(", ")}): ${reason}` });
      }),
    ]);
  };
  return () => (looked ??= look());
}

/** A model whose first call waits until the servers were looked for. */
export function afterLook(model: LanguageModel, look: (() => Promise<void>) | undefined): LanguageModel {
  if (look === undefined) return model;
  let isDone = false;
  return wrapModel(model, async (request) => {
    if (!isDone) await look();
    isDone = true;
    return model.generate(request);
  });
}
