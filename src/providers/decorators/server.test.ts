import { describe, expect, it } from "vitest";
import { ask, scriptedModel } from "../../../test/contracts/scripted-model.ts";
import { type VirtualClock, virtualClock } from "../../../test/contracts/virtual-clock.ts";
import { ProviderError, StoppedError } from "../../core/errors.ts";
import type { RunEvent } from "../../core/events.ts";
import type { GenerateRequest } from "../../core/ports/language-model.ts";
import { chatLoad, limited } from "./limited.ts";
import { trafficLimiter } from "./limiter.ts";
import { patient } from "./retrying.ts";
import { sharedServer } from "./server.ts";

const refused = (): ProviderError =>
  new ProviderError("no complete answer (ECONNREFUSED)", {
    failure: "transient",
    isAbsent: true,
    words: "connection refused",
    remedy: "check that a server runs at http://there",
  });
const busy = (status: number): ProviderError =>
  new ProviderError(`HTTP ${status}`, { failure: "transient", status, words: `HTTP ${status}` });

/** Models on one server, which answers as `now` says and takes 20 ms for it. */
function setUp(now: (seconds: number) => ProviderError | undefined, patienceMs?: number, stop?: AbortSignal) {
  const clock: VirtualClock = virtualClock();
  const events: RunEvent[] = [];
  const random = (): number => 0.5;
  const server = sharedServer({ name: "http://there", clock, random, tell: (event) => events.push(event) });
  const asked: number[] = [];
  const model = (name: string) => {
    const inner = scriptedModel(async () => {
      asked.push(clock.now() / 1000);
      await new Promise<void>((resolve) => clock.after(20, resolve));
      return now(clock.now() / 1000) ?? { text: name };
    });
    const limiter = trafficLimiter({ concurrency: 64, patienceMs }, clock, stop, server);
    const call = limited([(request: GenerateRequest) => inner.generate(request)], limiter, chatLoad());
    return patient(call, { clock, random, signal: stop }, limiter);
  };
  const waiting = () => events.filter((event) => event.type === "waiting");
  return { clock, model, asked, events, waiting };
}

const many = (call: (request: GenerateRequest) => Promise<unknown>, n: number) =>
  Promise.all(Array.from({ length: n }, (_, i) => call(ask(`question ${i}`))));

describe("a server that goes away", () => {
  it.each([
    ["refuses", refused],
    ["says 503", () => busy(503)],
    ["says 429", () => busy(429)],
    ["says 500", () => busy(500)],
  ])("is waited for, by probes: it %s from second 1 to 120", async (_how, failure) => {
    const { clock, model, asked, waiting, events } = setUp((s) => (s < 1 || s > 120 ? undefined : failure()));
    const call = model("m");
    await clock.until(many(call, 64));
    await clock.advance(1000);
    expect((await clock.until(many(call, 64))).length).toBe(64);
    const during = asked.filter((s) => s > 2 && s < 119);
    expect(during.length).toBeLessThan(150);
    expect(waiting().at(-1)).toMatchObject({ server: "http://there", tries: expect.any(Number) });
    expect(waiting().map(({ seconds }) => seconds)).toContain(100);
    expect(events.at(-1)).toMatchObject({ type: "answering", server: "http://there" });
  });

  it("is probed for all models together, and its return lets them all go", async () => {
    const { clock, model, asked } = setUp((s) => (s < 1 || s > 60 ? undefined : refused()));
    const calls = ["a", "b", "c"].map(model);
    await clock.until(Promise.all(calls.map((call) => many(call, 8))));
    await clock.advance(1000);
    await clock.until(Promise.all(calls.map((call) => many(call, 8))));
    // 24 find it gone; then 0.1 to 3 s lie between the probes.
    expect(asked.filter((s) => s > 2 && s < 59).length).toBeLessThanOrEqual(110);
  });

  it("is given up when patience, counted from its last success, is used up; all who wait are told", async () => {
    const { clock, model } = setUp((s) => (s < 100 ? undefined : refused()), 60_000);
    const call = model("m");
    await clock.advance(99_000);
    await clock.until(many(call, 3));
    await clock.advance(2000);
    const ends = await clock.until(
      Promise.all(Array.from({ length: 70 }, (_, i) => call(ask(`late ${i}`)).catch((e: unknown) => e))),
    );
    for (const end of ends) expect(end).toMatchObject({ isFinal: true, failure: "transient" });
    expect(clock.now()).toBeGreaterThan(160_000);
    expect(clock.now()).toBeLessThan(175_000);
    expect((ends[0] as ProviderError).message).toMatch(/\(\d+ tries, 6\d s\)/);
    expect((ends[0] as ProviderError).remedy).toMatch(/a server runs at http:\/\/there; .*the same command/);
  });
});

describe("a server that never answered", () => {
  it("is given up after about 20 s when nobody is there", async () => {
    const { clock, model, waiting } = setUp(refused);
    await expect(clock.until(many(model("m"), 64))).rejects.toMatchObject({ isFinal: true });
    expect(clock.now()).toBeGreaterThanOrEqual(20_000);
    expect(clock.now()).toBeLessThan(24_000);
    expect(waiting()[0]).toMatchObject({ why: "connection refused", seconds: 1 });
    expect(waiting().length).toBeGreaterThanOrEqual(19);
  });

  it.each([503, 429])("is waited for while it says %i", async (status) => {
    const { clock, model } = setUp((s) => (s < 200 ? busy(status) : undefined));
    expect((await clock.until(many(model("m"), 8))).length).toBe(8);
  });

  it("lets go at once when the run is stopped", async () => {
    const stop = new AbortController();
    const { clock, model } = setUp(refused, undefined, stop.signal);
    const outcome = expect(many(model("m"), 8)).rejects.toThrow("stopped by the user");
    await clock.advance(5000);
    stop.abort(new StoppedError("stopped by the user"));
    await outcome;
  });

  it("that dies while a stop waits for its answers is told of to nobody, so that no timer keeps the process", async () => {
    const stop = new AbortController();
    const { clock, model, events } = setUp(refused, undefined, stop.signal);
    const outcome = expect(many(model("m"), 8)).rejects.toThrow("stopped by the user");
    await clock.advance(10);
    stop.abort(new StoppedError("stopped by the user"));
    await clock.advance(30_000);
    await outcome;
    expect(events).toEqual([]);
  });
});

it("is probed though other calls still hang there", async () => {
  const clock = virtualClock();
  const server = sharedServer({ name: "http://there", clock, random: () => 0.5, tell: () => {} });
  const limiter = trafficLimiter({ concurrency: 3 }, clock, undefined, server);
  let calls = 0;
  const inner = scriptedModel((request) => {
    if (ask.of(request).startsWith("hang")) return new Promise(() => {});
    return ++calls === 1 ? refused() : {};
  });
  const call = patient(
    limited([(request: GenerateRequest) => inner.generate(request)], limiter, chatLoad()),
    { clock, random: () => 0.5 },
    limiter,
  );
  for (const text of ["hang a", "hang b"]) void call(ask(text));
  expect(await clock.until(call(ask("c")))).toMatchObject({ text: "answer to c#0" });
});

it("a wish for a rest of hours is not waited for", async () => {
  const quota = new ProviderError("HTTP 429: daily quota", {
    failure: "transient",
    status: 429,
    retryAfterMs: 3_600_000,
  });
  const { clock, model } = setUp(() => quota);
  await expect(clock.until(model("m")(ask("a")))).rejects.toThrow(/try again in 3600 s/);
  expect(clock.now()).toBeLessThan(1000);
});

it.each([429, 502])("gets past a server that fails each text twice with %i", async (status) => {
  const clock = virtualClock();
  const server = sharedServer({ name: "http://there", clock, random: () => 0.5, tell: () => {} });
  const seen = new Map<string, number>();
  const inner = scriptedModel((request) => {
    const times = (seen.get(ask.of(request)) ?? 0) + 1;
    seen.set(ask.of(request), times);
    return times <= 2 ? busy(status) : {};
  });
  const limiter = trafficLimiter({ concurrency: 8 }, clock, undefined, server);
  const call = patient(
    limited([(request: GenerateRequest) => inner.generate(request)], limiter, chatLoad()),
    { clock, random: () => 0.5 },
    limiter,
  );
  expect((await clock.until(many(call, 60))).length).toBe(60);
  expect(clock.now()).toBeLessThan(240_000);
});

it("gets past 50 calls that all fail in good time", async () => {
  let calls = 0;
  const { clock, model } = setUp(() => (++calls > 50 ? undefined : busy(503)), 60_000);
  expect((await clock.until(many(model("m"), 8))).length).toBe(8);
  expect(clock.now()).toBeLessThan(10_000);
});
