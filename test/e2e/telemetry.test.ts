import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createSimModel } from "../../src/providers/sim/model.ts";
import { type Fault, faultServer } from "../contracts/fault-server.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { type CliResult, runCli } from "../support/run-cli.ts";

interface Span {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A collector that keeps what it is sent: OTLP over HTTP, as JSON. */
async function collector() {
  const spans: Span[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      bodies.push(body);
      for (const resource of JSON.parse(body).resourceSpans)
        for (const scope of resource.scopeSpans) spans.push(...scope.spans.map(readSpan));
      response.setHeader("content-type", "application/json").end("{}");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { spans, bodies, url, close: () => server.close() };
}

type Value = Readonly<Record<string, unknown>> & {
  readonly arrayValue?: { readonly values: readonly Value[] };
};
const plainValue = ({ arrayValue, ...one }: Value): unknown =>
  arrayValue === undefined ? Object.values(one)[0] : arrayValue.values.map(plainValue);
const readSpan = (span: Span & { attributes: readonly { key: string; value: Value }[] }): Span => ({
  ...span,
  attributes: Object.fromEntries(span.attributes.map(({ key, value }) => [key, plainValue(value)])),
});

const folder = temporaryFolder();
let at: Awaited<ReturnType<typeof collector>>;
beforeAll(async () => {
  at = await collector();
});
afterAll(() => at.close());
beforeEach(() => {
  at.spans.length = 0;
  at.bodies.length = 0;
});

/** Runs a command that tells the collector, and waits until the span of the whole command, its last, has come. */
async function told(args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> {
  const result = await runCli(args, folder, { OTEL_EXPORTER_OTLP_ENDPOINT: at.url, ...env });
  await vi.waitFor(() => expect(at.spans.some(({ name }) => name === "apm-bench")).toBe(true), 20_000);
  return result;
}
const calls = (): Span[] => at.spans.filter(({ name }) => name !== "apm-bench");

const SMALL = ["judges", "run", "--conversations", "5", "--pair", "warm/cold"];

describe("--otel", () => {
  it("sends a span a model call, by the names of the conventions, in one trace, without a text", async () => {
    const { code, stdout, stderr } = await told([...SMALL, "--out", "a", "--otel", "spans", "--json"]);
    expect(code, stderr).toBe(0);
    const usage: { role: string; calls: number; inputTokens: number }[] = JSON.parse(stdout).usage;
    for (const { role, calls: made, inputTokens } of usage) {
      const own = calls().filter(({ attributes }) => attributes["apm_bench.role"] === role);
      expect(own.length).toBe(made);
      expect(own.reduce((sum, s) => sum + Number(s.attributes["gen_ai.usage.input_tokens"]), 0)).toBe(
        inputTokens,
      );
    }
    const [first] = calls();
    expect(first).toMatchObject({ name: "chat default", kind: 3 });
    expect(first?.attributes).toMatchObject({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "apm_bench.sim",
      "gen_ai.request.model": "default",
      "gen_ai.response.finish_reasons": ["stop"],
      "apm_bench.simulated": true,
    });
    const root = at.spans.find(({ name }) => name === "apm-bench") as Span & { spanId: string };
    expect(new Set(at.spans.map(({ traceId }) => traceId)).size).toBe(1);
    for (const { parentSpanId } of calls()) expect(parentSpanId).toBe(root.spanId);
    expect(at.bodies.join()).not.toMatch(/messages|You rate one property/);
    // Stored answers are no calls.
    at.spans.length = 0;
    expect((await told([...SMALL, "--out", "a", "--otel", "spans"])).code).toBe(0);
    expect(calls()).toEqual([]);
  });

  it("sends prompts and answers only where these are asked for, also by the variable", async () => {
    expect((await told([...SMALL, "--out", "b"], { APM_OTEL: "content" })).code).toBe(0);
    const judged = calls().find(({ attributes }) => attributes["apm_bench.role"] === "judge");
    const [message] = JSON.parse(String(judged?.attributes["gen_ai.input.messages"]));
    expect(message).toMatchObject({
      role: "system",
      parts: [{ type: "text", content: expect.stringMatching(/property/) }],
    });
    expect(JSON.parse(String(judged?.attributes["gen_ai.output.messages"]))).toEqual([
      {
        role: "assistant",
        parts: [{ type: "text", content: expect.stringMatching(/^\d+$/) }],
        finish_reason: "stop",
      },
    ]);
  });

  it("tells what failed by its kind, where it was asked, and no secret", async () => {
    let fault: Fault | undefined = "500";
    const server = await faultServer({
      model: createSimModel(),
      fault: () => {
        const now = fault;
        fault = undefined;
        return now;
      },
    });
    const judge = {
      provider: "openai",
      model: "real",
      baseUrl: server.baseUrl,
      apiKeyEnv: "SECRET_KEY",
      temperature: 0.5,
    };
    const args = [...SMALL, "--out", "c", "--judge", JSON.stringify(judge), "--otel", "content"];
    const { code, stderr } = await told(args, { SECRET_KEY: "sk-very-secret" });
    server.close();
    expect(code, stderr).toBe(0);
    const real = calls().filter(({ attributes }) => attributes["gen_ai.request.model"] === "real");
    expect(
      real
        .filter(({ status }) => status.code === 2)
        .map((s) => [s.attributes["error.type"], s.status.message ?? ""]),
    ).toEqual([["500", ""]]);
    expect(real[0]?.attributes).toMatchObject({
      "gen_ai.provider.name": "openai",
      "gen_ai.request.temperature": 0.5,
      "server.address": new URL(server.baseUrl).hostname,
      "server.port": Number(new URL(server.baseUrl).port),
      "apm_bench.simulated": false,
    });
    expect(at.bodies.join()).not.toContain("sk-very-secret");
  });

  it("loses a collector that is not there without losing the run, and says so", async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://user:pass@127.0.0.1:9" };
    let heard = "";
    const { startCli } = await import("../support/run-cli.ts");
    const { done } = startCli(
      [...SMALL, "--out", "d", "--otel", "spans"],
      folder,
      env,
      (text) => (heard += text),
    );
    expect((await done).code).toBe(0);
    await vi.waitFor(
      () => expect(heard).toMatch(/note: \d+ spans could not be delivered to http:\/\/127\.0\.0\.1:9/),
      30_000,
    );
    expect(heard).not.toContain("pass");
  });

  it.each([
    ["another word", ["--otel", "all"], {}, /Allowed choices are spans, content/],
    ["another word in the variable", [], { APM_OTEL: "yes" }, /"yes" is no kind of telemetry/],
    [
      "no address",
      ["--otel", "spans"],
      { OTEL_EXPORTER_OTLP_ENDPOINT: "collector" },
      /no address of a collector/,
    ],
  ])("takes %s for wrong usage", async (_, more, env, message) => {
    const { code, stderr } = await runCli(
      [...SMALL, "--out", "e", ...more],
      folder,
      env as Record<string, string>,
    );
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});
