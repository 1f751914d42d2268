import { createServer, type IncomingMessage, request as send } from "node:http";
import type { AddressInfo } from "node:net";

/** What a server of the OpenAI kind counts of one answer. */
interface ServerUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens?: number;
}

/** One request that a server answered whole. */
export interface Exchange {
  readonly path: string;
  readonly asked: Readonly<Record<string, unknown>>;
  readonly status: number;
  /** When it came and when it was answered, in milliseconds of `performance.now()`. */
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly answered: { readonly usage?: ServerUsage; readonly choices?: readonly Choice[] };
}

interface Choice {
  readonly finish_reason: string;
  readonly message: { readonly content: string };
  readonly logprobs?: { readonly content: readonly unknown[] } | null;
}

/** A way to a server that keeps what passed. */
export interface CountingProxy {
  /** Root of the server's API, through the proxy. */
  readonly baseUrl: string;
  /** In the order of the answers. */
  readonly exchanges: readonly Exchange[];
  /** Requests that came, answered or not. */
  readonly asked: number;
  /** Requests that are neither answered nor given up. */
  readonly open: number;
  /** Resolves once so many requests were answered with 200. */
  answered(count: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Stands between a client and a server on the loopback interface and writes down every answer that the server gave
 * whole, and nothing else. A server that is gone looks so: the connection is reset.
 * @param upstream the server's port
 */
export async function countingProxy(upstream: number): Promise<CountingProxy> {
  const exchanges: Exchange[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let [asked, open] = [0, 0];
  const keep = (exchange: Exchange): void => {
    exchanges.push(exchange);
    const good = exchanges.filter(({ status }) => status === 200).length;
    for (const { resolve } of waiting.filter(({ count }) => count <= good)) resolve();
  };
  const server = createServer(async (request, response) => {
    asked++;
    open++;
    const askedAt = performance.now();
    try {
      const body = await bytesOf(request);
      const { status, bytes } = await passedOn(request, body, upstream);
      const path = request.url as string;
      const answeredAt = performance.now();
      keep({ path, asked: parsed(body), status, askedAt, answeredAt, answered: parsed(bytes) });
      response.writeHead(status, { "content-type": "application/json" }).end(bytes);
    } catch {
      response.destroy(); // one of the two is gone
    } finally {
      open--;
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    exchanges,
    get asked() {
      return asked;
    },
    get open() {
      return open;
    },
    answered: (count) => new Promise((resolve) => waiting.push({ count, resolve })),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The server's whole answer. @throws when it is gone, or breaks off */
function passedOn(
  { url, method, headers }: IncomingMessage,
  body: Buffer,
  port: number,
): Promise<{ readonly status: number; readonly bytes: Buffer }> {
  const { "content-type": type = "application/json" } = headers;
  return new Promise((resolve, reject) => {
    const onward = send(
      {
        ...{ host: "127.0.0.1", port, path: url, method },
        headers: { "content-type": type, "content-length": body.length },
      },
      (answer) =>
        bytesOf(answer).then((bytes) => resolve({ status: answer.statusCode as number, bytes }), reject),
    );
    onward.once("error", reject);
    onward.end(body);
  });
}

/** @throws when the other side breaks off */
async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece);
  return Buffer.concat(pieces);
}

const parsed = (bytes: Buffer): Exchange["answered"] & Exchange["asked"] =>
  bytes.length === 0 ? {} : JSON.parse(bytes.toString());
