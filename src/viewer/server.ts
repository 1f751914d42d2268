import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ApmError, UsageError } from "../core/errors.ts";
import { REPORT_POLICY } from "../report/page/page.ts";
import { fileOf, type ViewerApi, viewerApi } from "./api.ts";
import { type PageFile, pageFiles } from "./page-files.ts";
import { RequestError } from "./parameters.ts";
import type { ViewedRun } from "./viewed-run.ts";

export interface ViewServer {
  /** Where the page is, with the token that opens it. */
  readonly url: string;
  close(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";

/**
 * Serves the viewer on the loopback interface. Every path begins with a random token, so that a link can be kept and
 * reloaded while other programs and pages of this machine cannot guess it; requests for another host (DNS rebinding),
 * from another origin, or for anything outside a closed list of paths are refused, and nothing can be changed.
 * @param port 0 for any free one
 * @throws UsageError when the port is taken
 */
export async function serveViewer(runs: readonly ViewedRun[], port: number): Promise<ViewServer> {
  const token = randomBytes(18).toString("base64url");
  const page = pageFiles();
  const shell = shellOf(page);
  const api = viewerApi(runs);
  const server = createServer((request, response) => {
    try {
      const hosts = hostsOf(server.address() as AddressInfo);
      if (!isWelcome(request, hosts)) return refuse(response, 403, "refused: not the viewer's own page");
      if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, "only GET");
      // Paths are compared as they came, undecoded and untidied: only listed ones exist.
      const [path = "", search] = (request.url ?? "/").split(/\?(.*)/s);
      const [, given = "", ...rest] = path.split("/");
      if (!isToken(given, token))
        return refuse(response, 403, "refused: the token in the link is missing or wrong");
      answer(response, {
        path: rest.join("/"),
        query: new URLSearchParams(search),
        runs,
        api,
        files: page.files,
        shell,
      });
    } catch (error) {
      fail(response, error);
    }
  });
  // A page asks for little at a time; whoever sends slowly or much is not the page.
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(portError(error, port)));
    server.listen(port, LOOPBACK, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${LOOPBACK}:${taken}/${token}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly runs: readonly ViewedRun[];
  readonly api: ViewerApi;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly shell: { readonly html: string; readonly policy: string };
}

function answer(response: ServerResponse, { path, query, runs, api, files, shell }: Asked): void {
  const file = files.get(path);
  if (path === "") send(response, 200, "text/html", shell.html, shell.policy);
  else if (file !== undefined) send(response, 200, file.type, file.read());
  else if (path === "api/file") {
    const { type, content } = fileOf(runs, query);
    send(response, 200, type, content, type === "text/html" ? REPORT_POLICY : undefined);
  } else {
    const name = path.startsWith("api/") ? path.slice("api/".length) : "";
    if (!Object.hasOwn(api, name)) throw new RequestError(404, "there is nothing here");
    send(response, 200, "application/json", JSON.stringify(api[name as keyof ViewerApi](query)));
  }
}

function send(response: ServerResponse, status: number, type: string, body: string, policy?: string): void {
  response.writeHead(status, {
    "content-type": `${type}; charset=utf-8`,
    "content-security-policy": policy ?? "default-src 'none'; frame-ancestors 'none'; sandbox",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
  });
  response.end(body);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  send(response, status, "text/plain", `${message}\n`);
}

function fail(response: ServerResponse, error: unknown): void {
  const status = error instanceof RequestError ? error.status : 500;
  const message = error instanceof Error ? error.message : String(error);
  const remedy = error instanceof ApmError && error.remedy !== undefined ? `: ${error.remedy}` : "";
  send(response, status, "application/json", JSON.stringify({ error: message + remedy }));
}

function hostsOf({ port }: AddressInfo): string[] {
  return [`${LOOPBACK}:${port}`, `localhost:${port}`];
}

/** Whether a request is for this host, and from its own page or from a person who opened a link. */
function isWelcome({ headers }: IncomingMessage, hosts: readonly string[]): boolean {
  if (!hosts.includes(headers.host ?? "")) return false;
  if (headers.origin !== undefined && !hosts.some((host) => headers.origin === `http://${host}`))
    return false;
  const site = headers["sec-fetch-site"];
  return site === undefined || site === "same-origin" || site === "none";
}

/** In a time that tells nothing about the token. */
function isToken(given: string, token: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(token));
}

function portError(error: unknown, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "EADDRINUSE" && code !== "EACCES") return error;
  return new UsageError(`port ${port} cannot be used (${code})`, {
    where: "--port",
    remedy: "choose another port, or leave --port out to get a free one",
    cause: error,
  });
}

/** The page's frame, and a policy under which nothing but its own files and its import map can run or load. */
function shellOf({ entry, imports }: ReturnType<typeof pageFiles>): { html: string; policy: string } {
  const map = JSON.stringify({ imports });
  const hash = createHash("sha256").update(map).digest("base64");
  return {
    policy: `default-src 'none'; script-src 'self' 'sha256-${hash}'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>apm-bench</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="viewer/style.css">
<script type="importmap">${map}</script>
<script type="module" src="${entry}"></script>
</head>
<body>
<div id="app"><p>Loading …</p></div>
<noscript>The viewer needs JavaScript; report.html in the run directory does not.</noscript>
</body>
</html>
`,
  };
}
