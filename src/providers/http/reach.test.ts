import { createServer } from "node:net";
import { expect, test } from "vitest";
import { reachOf } from "./reach.ts";

const listening = async (): Promise<{ port: number; connections: () => number; close(): Promise<void> }> => {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on("data", () => expect.unreachable("nothing is asked"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    connections: () => connections,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
};

test("a server that listens is there, though nothing is asked; one that has gone refuses", async () => {
  const server = await listening();
  const url = `http://127.0.0.1:${server.port}/v1`;
  expect(await reachOf({})(url)).toBeUndefined();
  await expect.poll(server.connections).toBe(1);
  await server.close();
  expect(await reachOf({})(url)).toBe("connection refused");
});

test("a name that nobody knows is no such host", async () => {
  expect(await reachOf({})("http://nobody.invalid:8000/v1")).toBe("no such host");
});

test("behind a proxy nothing is known, but of the machine itself", async () => {
  const reach = reachOf({ http_proxy: "http://127.0.0.1:9" });
  expect(await reach("http://nobody.invalid/v1")).toBeUndefined();
  expect(await reach("http://127.0.0.1:9")).toBe("connection refused");
});
