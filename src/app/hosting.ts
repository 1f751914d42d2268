import { join, resolve } from "node:path";
import { addressesOf } from "../core/config/addresses.ts";
import type { ModelConfig } from "../core/config/model-schema.ts";
import { isSecretName } from "../core/config/secrets.ts";
import { commandOf, commandWords, processKey, type ServeCommand } from "../core/config/serve.ts";
import { UsageError } from "../core/errors.ts";
import type { RunEvent } from "../core/events.ts";
import type { System } from "../core/ports/system.ts";
import { wordsOf } from "../serving/command.ts";
import { endLeftServers } from "../serving/ending.ts";
import { recordsFolder } from "../serving/records.ts";
import { type Served, served } from "../serving/served.ts";
import { type Turns, takingTurns } from "../serving/turns.ts";

/** The servers that a run starts itself: of models whose settings bear a command of the user's own. */
export interface Hosting {
  /** Makes a call while the model's server is up; absent for models whose servers run already. */
  of(settings: ModelConfig): (<T>(call: () => Promise<T>) => Promise<T>) | undefined;
  /** Ends all servers but those of these models, which a stage is going to ask. */
  enter(models: readonly ModelConfig[]): Promise<void>;
  /** Ends all of them. */
  close(): Promise<void>;
}

/** Where the logs of servers lie, seen from the run directory. */
const SERVER_LOGS = "servers";
const ANSWER_MS = 5_000;
const SHORTEST_SECRET = 6;

/**
 * Reads the commands of models, and ends servers that earlier runs have left behind.
 * @param wanted settings of all models that will be asked for
 * @throws UsageError for a command that cannot be run
 */
export async function hostingOf(
  system: System,
  out: string,
  wanted: readonly ModelConfig[],
  fetch: typeof globalThis.fetch,
  tell: (event: RunEvent) => void,
): Promise<Hosting> {
  const records = recordsFolder(system.env);
  await endLeftServers(records, (words) => system.stderr(`${words}\n`));
  const say = (message: string): void => tell({ type: "note", message });
  const turns = new Map<string, Turns>();
  const servers = new Map<string, Served>();
  const logs = new Set<string>();
  for (const settings of wanted) {
    const command = commandOf(settings);
    if (command === undefined || servers.has(processKey(command))) continue;
    if (process.platform === "win32") {
      throw new UsageError("servers are started on Linux and macOS only", {
        where: "models",
        remedy: "start the server by hand, and leave serve out",
      });
    }
    const key = processKey(command);
    const addresses = wanted.flatMap((model) => {
      const own = commandOf(model);
      return own !== undefined && processKey(own) === key ? addressesOf(model) : [];
    });
    if (addresses.length === 0) throw withoutAddress(command);
    servers.set(
      key,
      served({
        name: commandWords(command),
        words: wordsOf(command.command, "serve"),
        cwd: system.cwd,
        env: { ...system.env, ...command.env },
        log: join(resolve(system.cwd, out), SERVER_LOGS, logName(settings.model, logs)),
        records,
        addresses: [...new Set(addresses)],
        readyTimeoutSeconds: command.readyTimeoutSeconds,
        answers: (address) => statusAt(address, fetch),
        redact: withoutSecrets({ ...system.env, ...command.env }),
        tell: say,
        stop: system.stopSignal,
      }),
    );
    if (!turns.has(command.device)) turns.set(command.device, takingTurns(system.stopSignal));
  }
  const serverOf = (settings: ModelConfig): { server: Served; turn: Turns } | undefined => {
    const command = commandOf(settings);
    const server = command && servers.get(processKey(command));
    const turn = command && turns.get(command.device);
    return server && turn && { server, turn };
  };
  return {
    of(settings) {
      const found = serverOf(settings);
      return found && ((call) => found.turn.use(found.server, call));
    },
    async enter(models) {
      const kept = new Set(models.flatMap((model) => serverOf(model)?.server ?? []));
      await Promise.all([...turns.values()].map((turn) => turn.keepOnly(kept)));
    },
    async close() {
      await Promise.all([...servers.values()].map((server) => server.down()));
    },
  };
}

function withoutAddress(command: ServeCommand): UsageError {
  return new UsageError("a model that is served by a command needs the address at which it will answer", {
    where: `serve: ${commandWords(command)}`,
    remedy: 'set baseUrl, such as baseUrl: "http://localhost:8001/v1"',
  });
}

/** The status of the answer to a question that costs nothing; nothing while nobody answers. */
async function statusAt(address: string, fetch: typeof globalThis.fetch): Promise<number | undefined> {
  try {
    const { origin, pathname } = new URL(address);
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(`${origin}${pathname.replace(/\/+$/, "")}/models`, { signal });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}

function logName(model: string, taken: Set<string>): string {
  const stem = model.replace(/[^\w.-]+/g, "-").slice(-80);
  for (let n = 1; ; n++) {
    const name = n === 1 ? `${stem}.log` : `${stem}-${n}.log`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

/** Takes out of texts what the environment holds under a name that tells a secret. */
function withoutSecrets(env: Readonly<Record<string, string | undefined>>): (text: string) => string {
  const secrets = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length >= SHORTEST_SECRET && isSecretName(name) ? [value] : [],
  );
  return (text) => secrets.reduce((kept, secret) => kept.replaceAll(secret, "[key]"), text);
}
