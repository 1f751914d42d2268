import { setTimeout as pause } from "node:timers/promises";
import { ApmError } from "../core/errors.ts";
import { type ServerStart, type StartedServer, startServer, tailOf } from "./started-server.ts";

/** A server that is started when it is needed, and started again when it dies. */
export interface Served {
  readonly name: string;
  /**
   * Resolves when it answers; starts it where it does not run.
   * @throws ApmError with the end of its log when it does not come up, or dies again and again; the signal's reason
   */
  up(): Promise<void>;
  /** Ends it, if it runs. */
  down(): Promise<void>;
}

export interface ServedOptions extends ServerStart {
  /** The command as people read it. */
  readonly name: string;
  /** Addresses at which it must answer. */
  readonly addresses: readonly string[];
  readonly readyTimeoutSeconds: number;
  /** The status of an answer at an address; nothing while nobody answers. */
  readonly answers: (address: string) => Promise<number | undefined>;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
  readonly tell: (words: string) => void;
  readonly stop: AbortSignal;
}

/** It is given up when it has died so often in a row ... */
const MOST_DEATHS = 3;
/** ... without having been up for so long in between. */
const STEADY_MS = 10 * 60_000;
const LOOK_MS = 200;
const TAIL_LINES = 20;

/** One process at a time. */
export function served(options: ServedOptions): Served {
  const { name, log, tell, stop, redact } = options;
  let running: StartedServer | undefined;
  let upSince = 0;
  let deaths = 0;
  let coming: Promise<void> | undefined;
  let hopeless: ApmError | undefined;

  const failed = (what: string): ApmError => {
    const tail = redact(tailOf(log, TAIL_LINES));
    return new ApmError(
      `the server \`${redact(name)}\` ${what}${tail === "" ? "" : `; its log ends:\n${tail}`}`,
      {
        where: log,
        remedy:
          "try the command by hand; what was answered is stored, and the same command goes on when the server works",
      },
    );
  };
  const down = async (): Promise<void> => {
    const ending = running;
    running = undefined;
    await ending?.stop();
  };
  /** One start: resolves to nothing when it answers, else to how it ended. */
  const start = async (): Promise<string | undefined> => {
    for (const address of options.addresses) {
      if ((await options.answers(address)) === undefined) continue;
      throw new ApmError(`somebody answers at ${address} already, before \`${redact(name)}\` was started`, {
        where: "serve",
        remedy: "end that server, or leave serve out to use it as it is",
      });
    }
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1000;
    tell(`starting ${redact(name)} (log: ${log})`);
    const server = startServer(options);
    running = server;
    let ended: string | undefined;
    void server.ended.then((words) => (ended = words));
    for (const address of options.addresses) {
      for (;;) {
        if (ended !== undefined) break;
        const status = await options.answers(address);
        if (status !== undefined && status < 500) break;
        if (stop.aborted) throw stop.reason;
        if (seconds() > options.readyTimeoutSeconds)
          throw failed(
            `does not answer at ${address} after ${options.readyTimeoutSeconds} s (readyTimeoutSeconds)`,
          );
        await pause(LOOK_MS);
      }
    }
    if (ended !== undefined) return ended;
    upSince = performance.now();
    tell(`${redact(name)} answers after ${Math.round(seconds())} s`);
    return undefined;
  };
  const come = async (): Promise<void> => {
    if (running !== undefined) {
      const how = await running.ended;
      if (performance.now() - upSince > STEADY_MS) deaths = 0;
      deaths++;
      if (deaths > MOST_DEATHS) throw failed(`${how}, the ${deaths}th time in a row`);
      tell(`${redact(name)} ${how}: it is started again`);
      await down();
    }
    const ended = await start();
    if (ended !== undefined) throw failed(`${ended} before it answered`);
  };
  return {
    name,
    down,
    up() {
      if (hopeless !== undefined) return Promise.reject(hopeless);
      if (running?.isRunning() && coming === undefined) return Promise.resolve();
      coming ??= come()
        .catch(async (error: unknown) => {
          await down();
          if (error instanceof ApmError && !stop.aborted) hopeless = error;
          throw error;
        })
        .finally(() => {
          coming = undefined;
        });
      return coming;
    },
  };
}
