/**
 * Why no complete answer came.
 * - `absent`: nobody listens there, or the name is known to nobody
 * - `late`: the time was up
 * - `broken`: the connection or the answer broke off
 * - `hopeless`: another try cannot mend it (certificates, another protocol)
 */
export type Trouble = "absent" | "late" | "broken" | "hopeless";

/** Words for people who watch, by the code of the system or of undici. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "the server's name is unknown",
  EAI_AGAIN: "the server's name cannot be looked up",
  EHOSTUNREACH: "no way to the server",
  ENETUNREACH: "no way to the server",
  ETIMEDOUT: "no connection in time",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  ECONNRESET: "connection reset",
  UND_ERR_SOCKET: "connection lost",
};

/** No complete answer came from a server. Its words hold no secret of ours: neither address nor key. */
export class TransportError extends Error {
  readonly trouble: Trouble;
  readonly code: string;
  /** Of the answer, when it had begun; 408 for a time limit of our own. */
  readonly status: number | undefined;

  constructor(trouble: Trouble, code: string, message: string, status?: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "TransportError";
    this.trouble = trouble;
    this.code = code;
    this.status = status;
  }

  /** In a few words. */
  get words(): string {
    return WORDS[this.code] ?? this.message;
  }
}
