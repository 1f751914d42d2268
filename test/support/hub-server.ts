import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type HubUploads, hubUploads } from "./hub-uploads.ts";

export interface HubServer {
  readonly url: string;
  /** Every request, as `METHOD path authorization`. */
  readonly log: string[];
  /** What was asked for of files, as `path bytes=FROM-TO`, or `path all`. */
  readonly ranges: string[];
  /** Files of the repository by revision and path. */
  readonly files: Record<string, Record<string, Buffer>>;
  /** Takes what is written. */
  readonly uploads: HubUploads;
  /** Answers every request with this status instead. */
  failWith?: number | undefined;
  /** Sends this many bytes of a file at most, and closes the connection. */
  cutAt?: number | undefined;
  /** Sends whoever asks for a file to the same path of another server. */
  elsewhere?: string | undefined;
  /** Bytes of a file that are sent in place of the listed ones. */
  forged?: Buffer | undefined;
  close(): Promise<void>;
}

/** A small server with the part of the hub's interface that its own client uses for one data set or model. */
export async function hubServer(files: HubServer["files"], name = "owner/name"): Promise<HubServer> {
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    hub.log.push(`${request.method} ${path} ${request.headers.authorization ?? "-"}`);
    const fail = (status: number): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error: "no" }));
    };
    if (hub.failWith !== undefined) return fail(hub.failWith);
    if (request.method === "POST" || request.method === "PUT") {
      void hub.uploads.answer(request, path).then((answer) => {
        const { status, body } = answer ?? { status: 404, body: { error: "no" } };
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      });
      return;
    }
    const [, , treeOf, tree] = /^\/api\/(datasets|models)\/(.+?)\/tree\/(.+?)\?/.exec(path) ?? [];
    if (tree !== undefined) {
      const entries = treeOf === name ? hub.files[tree] : undefined;
      if (entries === undefined) return fail(404);
      const list = Object.entries(entries).map(([name, content]) => ({
        type: "file",
        path: name,
        size: content.length,
        oid: "0".repeat(40),
        lfs: { oid: sha256(content), size: content.length, pointerSize: 100 },
      }));
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(list));
      return;
    }
    const [revision, file] = resolved(path);
    const content = hub.files[revision]?.[file];
    if (content === undefined) return fail(404);
    if (hub.elsewhere !== undefined) {
      response.writeHead(302, { location: `${hub.elsewhere}${request.url}` }).end();
      return;
    }
    hub.ranges.push(`${file} ${request.headers.range ?? "all"}`);
    const [from, to] = (/bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? []).slice(1).map(Number) as [
      number?,
      number?,
    ];
    const body = (hub.forged ?? content).subarray(from ?? 0, to === undefined ? undefined : to + 1);
    const sent = body.subarray(0, hub.cutAt);
    response.writeHead(from === undefined ? 200 : 206, {
      etag: `"${sha256(content)}"`,
      "content-length": body.length,
      ...(from === undefined ? {} : { "content-range": `bytes ${from}-${to}/${content.length}` }),
    });
    if (sent.length === body.length) response.end(body);
    else response.write(sent, () => setImmediate(() => response.destroy()));
  });
  const resolved = (path: string): [string, string] => {
    const rest = path.replace(/^\/datasets/, "").replace(`/${name}/resolve/`, "");
    const revision = Object.keys(hub.files).find((name) => rest.startsWith(`${name}/`)) ?? "";
    return [revision, rest.slice(revision.length + 1)];
  };
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const hub: HubServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log: [],
    ranges: [],
    files,
    uploads: hubUploads((files.main ??= {}), () => hub.url),
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
  return hub;
}

const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");
