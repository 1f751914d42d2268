import { ProviderError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Server } from "./server.ts";

/** How long a model that has answered before is waited for. */
const PATIENCE_MS = 5 * 60_000;
/** Where nobody ever answered, or only what is no answer, the address is probably wrong. */
const FIRST_PATIENCE_MS = 20_000;

/** Decides when waiting for a model on a server has become hopeless. Counts from its last success. */
export interface Patience {
  succeeded(): void;
  /** @returns the error itself, or a final one that says how long was waited */
  failed(error: ProviderError): ProviderError;
  /** A final error, whatever the time. */
  end(error: ProviderError): ProviderError;
  /** Failures since the last success. */
  tries(): number;
  /** When the present trouble began. */
  since(): number;
}

export function patienceWith(
  server: Pick<Server, "hasAnswered"> | undefined,
  clock: Clock,
  patienceMs: number = PATIENCE_MS,
): Patience {
  let hasSucceeded = false;
  let since: number | undefined;
  let tries = 0;
  const limitFor = ({ isAbsent, status }: ProviderError): number => {
    if (hasSucceeded) return patienceMs;
    const isNobody = isAbsent && server?.hasAnswered() !== true;
    const isNoAnswer = status !== undefined && status >= 200 && status < 300;
    return isNobody || isNoAnswer ? Math.min(patienceMs, FIRST_PATIENCE_MS) : patienceMs;
  };
  const end = (error: ProviderError): ProviderError =>
    givenUp(error, tries, clock.now() - (since ?? clock.now()));
  return {
    end,
    tries: () => tries,
    since: () => since ?? clock.now(),
    succeeded() {
      hasSucceeded = true;
      since = undefined;
      tries = 0;
    },
    failed(error) {
      tries++;
      since ??= clock.now();
      return clock.now() - since < limitFor(error) ? error : end(error);
    },
  };
}

/** An error that no further try follows. */
export function givenUp(error: ProviderError, tries: number, waitedMs: number): ProviderError {
  const again = "when it answers again, run the same command: completed calls are stored and not repeated";
  const { retryAfterMs, status, where, remedy, isAbsent, words } = error;
  const facts = [
    `${Math.max(1, tries)} ${tries > 1 ? "tries" : "try"}`,
    ...(waitedMs < 1000 ? [] : [`${Math.round(waitedMs / 1000)} s`]),
    ...(retryAfterMs === undefined ? [] : [`try again in ${Math.ceil(retryAfterMs / 1000)} s`]),
  ];
  return new ProviderError(`${error.message} (${facts.join(", ")})`, {
    failure: "transient",
    isFinal: true,
    status,
    isAbsent,
    words,
    ...(where === undefined ? {} : { where }),
    remedy: remedy === undefined ? `check the server; ${again}` : `${remedy}; ${again}`,
    cause: error,
  });
}
