import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.ts";
import { runFixture, writeRunFixture } from "../support/run-fixture.ts";
import { type StartedViewer, spawnViewer, startViewer } from "../support/start-viewer.ts";

const folder = mkdtempSync(join(tmpdir(), "apm-view-server-"));
const dir = join(folder, "run");
let viewer: StartedViewer;

beforeAll(async () => {
  writeRunFixture(dir, runFixture({ users: 10, worlds: 1 }));
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(dir, "secret.txt"), "secret");
  viewer = await startViewer([dir]);
});
afterAll(async () => {
  await viewer?.stop();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request whose path is sent as it is, without the tidying of a URL. */
function get(path: string, { headers = {}, method = "GET" } = {}): Promise<Answer> {
  const { hostname, port } = new URL(viewer.url);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, path, method, headers, setHost: !("host" in headers) },
      (response) => {
        let body = "";
        response.on("data", (piece) => (body += piece));
        response.on("end", () =>
          resolve({ status: response.statusCode as number, headers: response.headers, body }),
        );
      },
    );
    sent.on("error", reject);
    sent.end();
  });
}

const root = (): string => new URL(viewer.url).pathname;

describe("the viewer's server", () => {
  it("gives the page to whoever has the token, under a strict policy", async () => {
    const { status, headers, body } = await get(root());
    expect(status).toBe(200);
    expect(body).toContain("viewer/main.ts");
    const policy = headers["content-security-policy"] as string;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
    });
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });

  it("refuses a missing or wrong token, for every path", async () => {
    const token = root().slice(1, -1);
    const wrong = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;
    for (const path of [
      "/",
      "/api/runs",
      "/viewer/main.ts",
      `/${wrong}/`,
      `/${wrong}/api/runs`,
      `/${token}x/`,
      "//",
    ]) {
      expect([path, (await get(path)).status]).toEqual([path, 403]);
    }
  });

  it("refuses other hosts and origins, so that no page elsewhere can read or trigger anything", async () => {
    const path = `${root()}api/runs`;
    const { host } = new URL(viewer.url);
    expect((await get(path, { headers: { host } })).status).toBe(200);
    expect((await get(path, { headers: { host: `localhost:${new URL(viewer.url).port}` } })).status).toBe(
      200,
    );
    for (const headers of [
      { host: "evil.example" },
      { host: `evil.example:${new URL(viewer.url).port}` },
      { host, origin: "https://evil.example" },
      { host, origin: "null" },
      { host, origin: "http://127.0.0.1:1" },
      { host, "sec-fetch-site": "cross-site" },
      { host, "sec-fetch-site": "same-site" },
    ]) {
      expect([headers, (await get(path, { headers })).status]).toEqual([headers, 403]);
    }
  });

  it("changes nothing: only GET", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      expect([method, (await get(`${root()}api/runs`, { method })).status]).toEqual([method, 405]);
    }
  });

  it("gives no file but its own, whatever the path", async () => {
    for (const path of [
      "secret.txt",
      "../secret.txt",
      "%2e%2e/secret.txt",
      "..%2fsecret.txt",
      "viewer/../secret.txt",
      "viewer/%2e%2e/package.json",
      "viewer//etc/passwd",
      "/etc/passwd",
      "package.json",
      "src/cli/main.ts",
      "viewer/tsconfig.json",
      "api/file?run=0&name=../secret.txt",
      "api/file?run=0&name=secret.txt",
      "api/file?run=0&name=config.json",
      "api/file?run=0&name=..%2Fsecret.csv",
      "api/constructor",
      "api/__proto__",
      "api/toString",
      "packages/preact.js%00.txt",
    ]) {
      const { status, body } = await get(`${root()}${path}`);
      expect([path, status === 404 || status === 403]).toEqual([path, true]);
      expect(body).not.toContain("secret\n");
    }
  });

  it("answers wrong questions with 400 or 404, and goes on", async () => {
    for (const [query, status] of [
      ["users?run=0", 400],
      ["users?run=9&method=routing", 404],
      ["users?run=0&method=routing&limit=-1", 400],
      ["users?run=0&method=routing&sort=1;DROP TABLE users", 400],
      ["users?run=0&method=routing&world=x", 400],
      ["users?run=0&method=routing&attribute=verbose", 400],
      ["user?run=0&user=nobody", 404],
      ["text?run=0&user=test-1&method=nothing", 404],
      ["compare?a=0:routing", 400],
      ["compare?a=0:routing&b=7:routing", 404],
      ["file?run=0&name=report.__proto__", 404],
      ["file?run=0&name=__proto__.svg", 404],
      ["file?run=0&name=report.constructor", 404],
      ["file?run=0&name=.", 404],
      ["file?run=0", 400],
      ["__proto__?run=0", 404],
      ["toString?run=0", 404],
    ] as const) {
      expect([query, (await get(`${root()}api/${encodeURI(query)}`)).status]).toEqual([query, status]);
    }
    expect((await get(`${root()}api/users?run=0&method='%20OR%201=1--`)).body).toContain('"total":0');
    expect((await get(`${root()}api/runs`)).status).toBe(200);
  });

  it.skipIf(!existsSync("/proc/self/status"))(
    "makes the report once, however often they are asked for",
    async () => {
      // A process of its own, whose memory is its own.
      const own = await spawnViewer([dir]);
      const memory = (): number =>
        Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${own.pid}/status`, "utf8"))?.[1]) / 1024;
      const ask = async (name: string): Promise<string> =>
        (await fetch(`${own.url}api/file?run=0&name=${name}`)).text();
      const report = await ask("report.html");
      expect(report).toContain("</html>");
      const before = memory();
      for (let i = 0; i < 300; i++) expect(await ask("report.html")).toBe(report);
      // Made anew, each of them cost some five megabytes.
      expect(memory() - before).toBeLessThan(300);
      expect(await own.stop()).toBe(0);
    },
  );

  it("listens on the loopback interface alone", async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((i) => i?.family === "IPv4" && !i.internal);
    if (outside === undefined) return; // a machine without a network has nothing to be reached from
    const reached = await fetch(`http://${outside.address}:${new URL(viewer.url).port}/`).then(
      () => true,
      () => false,
    );
    expect(reached).toBe(false);
  });

  it("keeps its index beside the run, and makes it anew when the files change or it is damaged", async () => {
    const total = async (of: StartedViewer): Promise<number> => {
      for (;;) {
        const page = await fetch(`${of.url}api/users?run=0&method=routing`).then((r) => r.json());
        if (page.indexed === 1) return page.total;
        await new Promise((done) => setTimeout(done, 50));
      }
    };
    expect(await total(viewer)).toBe(10);
    expect(readFileSync(join(dir, "view.sqlite")).subarray(0, 6).toString()).toBe("SQLite");
    writeRunFixture(dir, runFixture({ users: 14, worlds: 1 }));
    const second = await startViewer([dir]);
    expect(await total(second)).toBe(14);
    await second.stop();
    writeFileSync(join(dir, "view.sqlite"), "no database");
    const third = await startViewer([dir]);
    expect(await total(third)).toBe(14);
    await third.stop();
  });
});

describe("apm-bench view", () => {
  it("leaves damaged lines out, says so, and shows the rest", async () => {
    const damaged = join(folder, "damaged");
    writeRunFixture(damaged, runFixture({ users: 10, worlds: 1 }));
    const users = readFileSync(join(damaged, "users.jsonl"), "utf8").split("\n");
    writeFileSync(join(damaged, "users.jsonl"), users.with(2, "{").with(3, '{"user": 3}').join("\n"));
    const samples = readFileSync(join(damaged, "samples.jsonl"), "utf8");
    writeFileSync(join(damaged, "samples.jsonl"), samples.slice(0, -20));
    const view = await startViewer([damaged]);
    try {
      await expect.poll(view.stderr).toMatch(/cannot be read, and are left out: 3/);
      const answer = await fetch(`${view.url}api/users?run=0&method=none`);
      expect(((await answer.json()) as { total: number }).total).toBe(10);
    } finally {
      await view.stop();
    }
  });

  it("ends with code 0 at Ctrl-C", async () => {
    const other = await startViewer([dir]);
    expect(await other.stop()).toBe(0);
  });

  it("says what is wrong with a folder that holds no run, and with a port that is taken", async () => {
    const empty = await runCli(["view", folder], folder);
    expect(empty.code).toBe(2);
    expect(empty.stderr).toContain("there is no run in this folder");
    const taken = await runCli(["view", dir, "--port", new URL(viewer.url).port], folder);
    expect(taken.code).toBe(2);
    expect(taken.stderr).toContain("--port");
  });
});
