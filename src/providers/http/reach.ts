import { connect } from "node:net";
import { connections, type Environment } from "./dispatcher.ts";

/** A server that is slow to accept is there. */
const PATIENCE_MS = 5_000;
/** Nobody listens there, or the name is known to nobody. */
const ABSENT: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "no such host",
  EHOSTUNREACH: "no way to that host",
  ENETUNREACH: "no way to that host",
};

/** Says why nobody is at an address, as far as that can be known without asking anything. */
export type Reach = (url: string) => Promise<string | undefined>;

/**
 * Opens a connection and closes it: no request is made, which a small server might not expect and a paid one would count.
 * Behind a proxy nothing can be known that way.
 */
export function reachOf(env: Environment): Reach {
  const to = connections(env);
  const direct = to("http://localhost");
  return (url) => {
    const { origin, hostname, port, protocol } = new URL(url);
    if (to(origin) !== direct) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const socket = connect({
        host: hostname.replace(/^\[|\]$/g, ""),
        port: Number(port || (protocol === "https:" ? 443 : 80)),
        timeout: PATIENCE_MS,
      });
      const end = (reason: string | undefined): void => {
        socket.destroy();
        resolve(reason);
      };
      socket.on("connect", () => end(undefined));
      socket.on("timeout", () => end(undefined));
      socket.on("error", (error: NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] }) =>
        end(ABSENT[error.code ?? error.errors?.[0]?.code ?? ""]),
      );
    });
  };
}
