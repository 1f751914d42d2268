import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { serverGuards } from "../../../test/contracts/server-guards.ts";
import { ProviderError, UsageError } from "../../core/errors.ts";
import type { HttpOptions } from "../../core/ports/http.ts";
import { guardedHttp } from "../decorators/guarded-http.ts";
import { jsonClient } from "./json-client.ts";
import { httpTransport } from "./transport.ts";

interface Seen {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server whose n-th answer (from 0) is `handle`'s; returns its address and what it saw. */
async function serve(handle: (n: number, response: ServerResponse, seen: Seen) => void, port = 0) {
  const log: Seen[] = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const seen = { headers: request.headers, body: Buffer.concat(chunks).toString() };
    log.push(seen);
    handle(log.length - 1, response, seen);
  });
  await new Promise<void>((done) => server?.listen(port, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer`, log };
}
const reply = (response: ServerResponse, status: number, body: string, headers = {}): void => {
  response.writeHead(status, headers).end(body);
};

const SECRET = "secret-value-of-a-key";
const OPTIONS: HttpOptions = { timeoutMs: 5_000, concurrency: 4 };
/** As a run has it: behind all guards, with waits a hundred times shorter. */
function client(concurrency = 4, patienceMs?: number) {
  const guards = serverGuards(concurrency, patienceMs);
  return guardedHttp(jsonClient({ KEY: SECRET }, httpTransport({})), () => guards);
}

async function failure(task: Promise<unknown>): Promise<ProviderError> {
  const error = await task.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProviderError);
  return error as ProviderError;
}

describe("JSON over HTTP", () => {
  it("posts pieces as one body of stated length, with the key of the environment", async () => {
    const { url, log } = await serve((_n, response, { body }) => reply(response, 200, body));
    const pieces = ['{"text":', '"grüße"', "}"];
    expect(await client().postJson(url, pieces, { ...OPTIONS, apiKeyEnv: "KEY" })).toEqual({ text: "grüße" });
    expect(log[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(pieces.join(""))),
      authorization: `Bearer ${SECRET}`,
    });
    expect(log[0]?.headers["transfer-encoding"]).toBeUndefined();
  });

  it("names a key that is missing", async () => {
    const task = client().postJson("http://127.0.0.1:1/", ["{}"], { ...OPTIONS, apiKeyEnv: "NO_KEY" });
    await expect(task).rejects.toThrow(
      expect.objectContaining({ constructor: UsageError, message: expect.stringContaining("NO_KEY") }),
    );
  });

  it.each([
    ["500", (r: ServerResponse) => reply(r, 500, "oops")],
    ["429 with Retry-After", (r: ServerResponse) => reply(r, 429, "", { "retry-after": "0" })],
    ["a reset", (r: ServerResponse) => r.destroy()],
    [
      "a body that is cut",
      (r: ServerResponse) => {
        r.writeHead(200, { "content-length": "100" });
        r.write("{", () => r.destroy());
      },
    ],
  ])("tries again after %s, with the whole body", async (_what, fail) => {
    const { url, log } = await serve((n, response) =>
      n === 0 ? fail(response) : reply(response, 200, "[1]"),
    );
    expect(await client().postJson(url, ["[", "2", "]"], OPTIONS)).toEqual([1]);
    expect(log.map((seen) => seen.body)).toEqual(["[2]", "[2]"]);
  });

  it.each([
    [500, "transient", 2],
    [422, "request", 1],
    [404, "fatal", 1],
    [401, "fatal", 1],
    [302, "fatal", 1],
  ] as const)(
    "HTTP %i is %s after %i tries or more, with the server's words and without the key",
    async (status, kind, tries) => {
      const { url, log } = await serve((_n, response) => reply(response, status, `no ${SECRET}\n here`));
      const error = await failure(client(4, 200).postJson(url, ["{}"], { ...OPTIONS, apiKeyEnv: "KEY" }));
      expect(error).toMatchObject({ failure: kind, status, where: `POST ${url}` });
      expect(error.message).toContain(`HTTP ${status}: no [key] here`);
      expect(error.message).not.toContain(SECRET);
      expect(error.remedy).toEqual(expect.any(String));
      if (tries === 1) expect(log.length).toBe(1);
      else expect(log.length).toBeGreaterThanOrEqual(tries);
    },
  );

  it("an answer that is not JSON concerns that request", async () => {
    const { url } = await serve((_n, response) => reply(response, 200, "<html>"));
    expect(await failure(client().postJson(url, ["{}"], OPTIONS))).toMatchObject({
      failure: "request",
      status: 200,
    });
  });

  it("a server that hangs, before or in its answer, is given up in time", async () => {
    const { url } = await serve((n, response) => {
      if (n > 0) response.writeHead(200).write("{");
    });
    const short = { ...OPTIONS, timeoutMs: 60 };
    for (let n = 0; n < 2; n++) {
      const error = await failure(client(4, 1).postJson(url, ["{}"], short));
      expect(error).toMatchObject({ failure: "transient", status: 408 });
      expect(error.message).toContain("within 0.06 s");
    }
  });

  it("nobody there is given up soon; one that answered before is waited for", async () => {
    const { url, log } = await serve((_n, response) => reply(response, 200, "1"));
    const known = client();
    expect(await known.postJson(url, ["{}"], OPTIONS)).toBe(1);
    server?.closeAllConnections();
    await new Promise((done) => server?.close(done));
    const stranger = await failure(client().postJson(url, ["{}"], OPTIONS));
    expect(stranger).toMatchObject({ isFinal: true, isAbsent: true, status: undefined });
    expect(stranger.remedy).toContain(new URL(url).origin);
    const waiting = known.postJson(url, ["{}"], OPTIONS);
    await serve((_n, response) => reply(response, 200, "2"), Number(new URL(url).port));
    expect(await waiting).toBe(2);
    expect(log.length).toBe(1);
  });

  it("keeps within its concurrency", async () => {
    let inFlight = 0;
    let most = 0;
    const { url } = await serve((_n, response) => {
      most = Math.max(most, ++inFlight);
      setTimeout(() => {
        inFlight--;
        reply(response, 200, "1");
      }, 5);
    });
    const one = client(3);
    await Promise.all(Array.from({ length: 20 }, () => one.postJson(url, ["{}"], OPTIONS)));
    expect(most).toBe(3);
  });
});
