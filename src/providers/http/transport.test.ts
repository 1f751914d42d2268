import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { retryAfterOf } from "./retry-after.ts";
import { httpTransport, type Post } from "./transport.ts";
import { TransportError } from "./transport-error.ts";

/** A server, or a proxy, for one test; returns its origin and the targets that it was asked for. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url as string);
    request.resume().on("end", () => answer(request, response));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}
const post = (origin: string, more: Partial<Post> = {}): Post => ({
  origin,
  path: "/v1/x",
  headers: { "content-type": "application/json" },
  body: "{}",
  timeoutMs: 5_000,
  ...more,
});

describe("proxies", () => {
  const answering = () => serve((_request, response) => response.end("through the proxy"));

  it.each(["http_proxy", "HTTP_PROXY"])("of %s hold for requests and for downloads", async (name) => {
    const proxy = await answering();
    const { post: send, fetch } = httpTransport({ [name]: proxy.origin });
    expect((await send(post("http://model.test"))).text).toBe("through the proxy");
    expect(await (await fetch("http://hub.test/file")).text()).toBe("through the proxy");
    expect(proxy.seen).toEqual(["http://model.test/v1/x", "http://hub.test/file"]);
  });

  it("are not asked for hosts of no_proxy, nor for this machine", async () => {
    const proxy = await answering();
    const here = await serve((_request, response) => response.end("directly"));
    const { post: send } = httpTransport({ http_proxy: proxy.origin, NO_PROXY: "model.test" });
    expect((await send(post(here.origin))).text).toBe("directly");
    const error = await send(post("http://model.test:1")).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TransportError);
    expect(proxy.seen).toEqual([]);
  });

  it.each(["socks5://u:secret@localhost:1", "http://[bad"])(
    "that cannot be used are not quoted: %s",
    (proxy) => {
      for (const name of ["http_proxy", "HTTPS_PROXY"]) {
        expect(() => httpTransport({ [name]: proxy })).toThrow(UsageError);
        expect(() => httpTransport({ [name]: proxy })).not.toThrow(/secret|bad/);
      }
    },
  );
});

describe("answers", () => {
  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ])("compressed as %s, which nobody asked for, are read", async (encoding, compress) => {
    const { origin } = await serve((_request, response) => {
      response.writeHead(200, { "content-encoding": encoding }).end(compress("größer"));
    });
    expect((await httpTransport({}).post(post(origin))).text).toBe("größer");
  });

  it("lose a byte-order mark", async () => {
    const { origin } = await serve((_request, response) => response.end("\ufeff{}"));
    expect((await httpTransport({}).post(post(origin))).text).toBe("{}");
  });

  it("that move a request within their server are followed, elsewhere not", async () => {
    const { origin, seen } = await serve((request, response) => {
      if (request.url === "/v1/x") response.writeHead(307, { location: "/v2/x?a=1" }).end();
      else response.end("moved");
    });
    const { post: send } = httpTransport({});
    expect(await send(post(origin))).toMatchObject({ status: 200, text: "moved" });
    expect(seen).toEqual(["/v1/x", "/v2/x?a=1"]);
    const away = await serve((_request, response) => response.writeHead(307, { location: origin }).end());
    expect(await send(post(away.origin))).toMatchObject({ status: 307, location: origin });
    const circle = await serve((_request, response) => response.writeHead(308, { location: "/v1/x" }).end());
    expect((await send(post(circle.origin))).status).toBe(308);
    expect(circle.seen.length).toBe(4);
  });

  it("that are too large are broken off", async () => {
    const { origin } = await serve((_request, response) => response.end("x".repeat(100_000)));
    const error = await httpTransport({})
      .post(post(origin, { mostBytes: 1000 }))
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ trouble: "broken", message: "an answer of more than 1000 bytes" });
  });

  it.each([
    ["nobody is there", "http://127.0.0.1:1", { trouble: "absent", words: "connection refused" }],
    ["nobody knows the name", "http://nowhere.invalid", { trouble: "absent" }],
  ])("that never come say why: %s", async (_what, origin, expected) => {
    await expect(httpTransport({}).post(post(origin))).rejects.toMatchObject(expected);
  });
});

describe("Retry-After", () => {
  const now = Date.parse("2026-05-01T12:00:00Z");
  it.each([
    [{ "retry-after": "7" }, 7000],
    [{ "retry-after": "0.5" }, 500],
    [{ "retry-after": "Fri, 01 May 2026 12:00:30 GMT" }, 30_000],
    [{ "retry-after": "Fri, 01 May 2026 11:00:00 GMT" }, 0],
    [{ "retry-after-ms": "250", "retry-after": "1" }, 250],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "-3" }, undefined],
    [{ "retry-after": ["1", "2"] }, undefined],
    [{}, undefined],
  ])("%j", (headers, expected) => {
    expect(retryAfterOf(headers, now)).toBe(expected);
  });
});
