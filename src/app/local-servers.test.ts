import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOCAL_SERVERS, type LocalServer, withLocalServers } from "./local-servers.ts";

const system = { env: {}, stopSignal: new AbortController().signal };
let server: Server;
let servers: LocalServer[];
let names = ["nomic-embed-text", "qwen2.5:7b", "gemma3:4b"];

beforeAll(async () => {
  server = createServer((request, response) => {
    const data = names.map((id) => ({ id, object: "model" }));
    if (request.url === "/v1/models") response.end(JSON.stringify({ object: "list", data }));
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  // Port 1 is nobody's.
  servers = LOCAL_SERVERS.map((one) => ({ ...one, port: one.id === "lmstudio" ? port : 1 }));
});
afterAll(() => new Promise((done) => server.close(done)));

const looked = async (base: unknown): Promise<unknown> =>
  (await withLocalServers(system, { models: { base: base as string, judge: "sim:default" } }, servers))
    .models;

describe("a server on this machine", () => {
  it("is whichever listens, with its first language model or the one that is named", async () => {
    const { port } = server.address() as AddressInfo;
    const found = {
      provider: "openai",
      model: "qwen2.5:7b",
      baseUrl: `http://127.0.0.1:${port}/v1`,
      concurrency: 4,
      price: { input: 0, output: 0 },
    };
    expect(await looked("localhost:default")).toEqual({ base: found, judge: "sim:default" });
    expect(await looked("lmstudio:gemma3:4b")).toMatchObject({ base: { ...found, model: "gemma3:4b" } });
    expect(await looked({ provider: "localhost", temperature: 0.5, concurrency: 1 })).toMatchObject({
      base: { ...found, temperature: 0.5, concurrency: 1 },
    });
  });

  it("that does not listen: says how each is started", async () => {
    const nobody = servers.map((one) => ({ ...one, port: 1 }));
    const looking = withLocalServers(system, { models: { base: "localhost:default" } }, nobody);
    await expect(looking).rejects.toMatchObject({
      message: expect.stringMatching(
        /no model server listens.*Ollama \(port 1\), LM Studio \(port 1\), llama.cpp/,
      ),
      where: "models.base",
      remedy: expect.stringMatching(/ollama pull.*\n.*lms server start.*\n.*llama-server -hf/),
    });
    await expect(looked("ollama:qwen2.5:7b")).rejects.toThrow(/looked for Ollama \(port 1\)$/);
  });

  it("that has no such model: says which it has, or how one is loaded", async () => {
    await expect(looked("localhost:qwen2.5")).rejects.toMatchObject({
      message: expect.stringMatching(/LM Studio at port \d+ has no model "qwen2.5"/),
      remedy: "it has: nomic-embed-text, qwen2.5:7b, gemma3:4b",
    });
    const before = names;
    names = [];
    await expect(looked("localhost:default")).rejects.toMatchObject({
      message: expect.stringMatching(/has no language model/),
      remedy: expect.stringMatching(/load one/),
    });
    names = before;
  });

  it("is not looked for by other models", async () => {
    const models = { base: "openai:gpt-4o", judge: { maxTokens: 5 } };
    expect(await withLocalServers(system, { models }, [])).toEqual({ models });
  });
});
