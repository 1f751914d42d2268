import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runCli } from "../support/run-cli.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
const env = {
  HEADER_KEY: "header-key-3f9a1b7c",
  LOGIN: "ann:open-sesame-77aa",
  PARAMETER_KEY: "parameter key/42+x==",
};
const SECRETS = [...Object.values(env), "open-sesame-77aa"].flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString("base64").replace(/=+$/, "").slice(0, -1),
]);

/** A server that sends back all that it was sent, in answers and in errors. */
const seen: { url: string; headers: IncomingMessage["headers"] }[] = [];
let status = 200;
const server = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  seen.push({ url: request.url ?? "", headers: request.headers });
  const { authorization = "", "api-key": key } = request.headers;
  const login = Buffer.from(authorization.replace("Basic ", ""), "base64").toString();
  const echo = `${request.url} ${authorization} ${key} ${login} ${Buffer.from(`<${key}>`).toString("base64")}`;
  const chat = {
    choices: [
      {
        message: { role: "assistant", content: body.includes('"judge"') ? "7" : `an answer ${echo}` },
        finish_reason: "stop",
      },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 9 },
  };
  const answer = request.url?.startsWith("/answer") ? { response: `an answer ${echo}` } : chat;
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(status === 200 ? answer : { error: { message: echo } }));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => server.close());

const keys = {
  headersEnv: { "Api-Key": "HEADER_KEY" },
  basicAuthEnv: "LOGIN",
  queryEnv: { key: "PARAMETER_KEY" },
};
const config = {
  pool: "k2",
  users: { train: 2, validation: 1, test: 2 },
  conversations: { perUser: 3 },
  worlds: 1,
  models: {
    base: { provider: "openai", model: "echo", baseUrl: `${origin}/v1?api-version=1`, ...keys },
    judge: { provider: "openai", model: "judge", baseUrl: `${origin}/v1`, ...keys },
  },
  methods: ["none", { id: "external", url: `${origin}/answer`, ...keys }],
  statistics: { resamples: 20, permutations: 20 },
};

function expectNoSecret(text: string, where: string): void {
  for (const secret of SECRETS) expect(text.includes(secret), `${secret} in ${where}`).toBe(false);
}

it("keys of the environment reach models and external systems, and nothing else, even if they are sent back", async () => {
  mkdirSync(join(folder, "run"));
  writeFileSync(join(folder, "config.json"), JSON.stringify({ ...config, out: "run" }));
  const { code, stdout, stderr } = await runCli(["run", "config.json", "--json"], folder, env);
  expect(code, stderr).toBe(0);
  expect(seen.some(({ url }) => url.startsWith("/answer?key="))).toBe(true);
  for (const { url, headers } of seen) {
    expect(new URL(url, origin).searchParams.get("key")).toBe(env.PARAMETER_KEY);
    expect(headers["api-key"]).toBe(env.HEADER_KEY);
    expect(headers.authorization).toBe(`Basic ${Buffer.from(env.LOGIN).toString("base64")}`);
  }
  expectNoSecret(stdout + stderr, "what was printed");
  // Names of variables are no part of what decides the results.
  expect(JSON.stringify(JSON.parse(stdout).config)).not.toMatch(/HEADER_KEY|LOGIN|PARAMETER_KEY/);

  status = 401;
  writeFileSync(join(folder, "refused.json"), JSON.stringify({ ...config, out: "refused" }));
  const refused = await runCli(["run", "refused.json"], folder, env);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/HTTP 401[\s\S]*HEADER_KEY/);
  expectNoSecret(refused.stderr, "the message");

  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  for (const file of files.filter((name) => statSync(name).isFile())) {
    expectNoSecret(readFileSync(file, "latin1"), file);
  }
});
