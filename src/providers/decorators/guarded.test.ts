import { describe, expect, it } from "vitest";
import { ask, failing, scriptedModel } from "../../../test/contracts/scripted-model.ts";
import { virtualClock } from "../../../test/contracts/virtual-clock.ts";
import { memoryStore } from "../../store/memory.ts";
import { callBudget } from "./budget.ts";
import { type EmbeddingProvider, guardedEmbedder } from "./embedding.ts";
import { guardedModel } from "./guarded.ts";
import { trafficLimiter } from "./limiter.ts";
import { usageMeter } from "./metered.ts";

const price = { input: 2, output: 10 };

describe("guardedModel", () => {
  it("counts calls, hits, failures and cost once each, by role", async () => {
    const clock = virtualClock();
    const store = memoryStore();
    const meter = usageMeter();
    const guards = {
      store,
      meter,
      budget: callBudget({ calls: 100 }, store),
      limiter: trafficLimiter({ concurrency: 4 }, clock),
      retries: { clock, random: () => 0.5 },
      price,
    };
    const provider = scriptedModel((_, call) => (call === 1 ? failing("transient", 500) : {}));
    const base = guardedModel(provider, "base", guards);
    const candidate = guardedModel(provider, "candidate", guards);
    await clock.until(base.generate(ask("a")));
    await base.generate(ask("a"));
    await candidate.generate(ask("a"));
    await candidate.generate(ask("b"));
    const same = { model: "test:scripted" };
    const spent = {
      calls: 1,
      repeats: 0,
      inputTokens: 10,
      outputTokens: 2,
      costUsd: expect.closeTo(40e-6, 12),
    };
    expect(meter.rows()).toEqual([
      { role: "base", ...same, ...spent, cacheHits: 1, failures: 1 },
      { role: "candidate", ...same, ...spent, cacheHits: 1, failures: 0 },
    ]);
    expect(guards.budget.spent().calls).toBe(2);
  });

  it("knows no cost without a price, and none for a simulated model", async () => {
    const meter = usageMeter();
    const provider = scriptedModel();
    for (const [role, simulated] of [
      ["base", false],
      ["judge", true],
    ] as const) {
      const model = guardedModel({ ...provider, simulated }, role, { store: memoryStore(), meter });
      await model.generate(ask("a"));
    }
    expect(meter.rows().map((row) => row.costUsd)).toEqual([null, 0]);
  });
});

describe("guardedEmbedder", () => {
  const provider = (): EmbeddingProvider & { asked: string[][] } => {
    const asked: string[][] = [];
    return {
      id: "test:embedder",
      identity: "embedder",
      simulated: false,
      batch: 2,
      asked,
      async embed(texts) {
        asked.push([...texts]);
        if (texts.includes("bad")) throw failing("request", 400);
        return { vectors: texts.map((t) => Float32Array.of(t.length, 0.1)), inputTokens: 3 * texts.length };
      },
    };
  };

  it("asks in batches for new and different texts only, and keeps the order", async () => {
    const store = memoryStore();
    const meter = usageMeter();
    const inner = provider();
    const budget = callBudget({ calls: 3 }, store);
    const limiter = trafficLimiter({ concurrency: 1 }, virtualClock());
    const embedder = guardedEmbedder(inner, { store, meter, price, budget, limiter });
    const vectors = await embedder.embed(["a", "bb", "a", "cccc"]);
    expect(vectors.map((v) => v[0])).toEqual([1, 2, 1, 4]);
    expect(inner.asked).toEqual([["a", "bb"], ["cccc"]]);
    expect(await embedder.embed(["cccc", "bb"])).toEqual([vectors[3], vectors[1]]);
    await embedder.embed(["bb", "new"]);
    expect(inner.asked.length).toBe(3);
    await expect(embedder.embed(["other"])).rejects.toThrow(/budget of 3 calls/);
    expect(meter.rows()).toEqual([
      {
        role: "embedder",
        model: "test:embedder",
        calls: 3,
        repeats: 0,
        cacheHits: 1,
        inputTokens: 12,
        outputTokens: 0,
        costUsd: expect.closeTo(24e-6, 12),
        failures: 0,
      },
    ]);
  });

  it.each([
    ["no number", [Float32Array.of(1, Number.NaN)], /holds something that is no number/],
    ["infinite", [Float32Array.of(1, Infinity)], /holds something that is no number/],
    ["all zeros", [Float32Array.of(0, 0)], /is all zeros/],
    ["empty", [new Float32Array()], /is missing/],
    ["missing", [], /is missing/],
    ["of another length", [Float32Array.of(1, 2, 3)], /has 3 numbers, and others 2/],
  ])("a vector that is %s ends the call with its text, and is not stored", async (_, vectors, message) => {
    const store = memoryStore();
    const meter = usageMeter();
    const good = provider();
    const embed: EmbeddingProvider["embed"] = async (texts) =>
      texts[0] === "good" ? good.embed(texts) : { vectors, inputTokens: 1 };
    const embedder = guardedEmbedder({ ...good, embed }, { store, meter });
    await embedder.embed(["good"]);
    await expect(embedder.embed(["odd"])).rejects.toMatchObject({
      failure: "request",
      message: expect.stringMatching(message),
      where: 'the text "odd"',
    });
    const later = guardedEmbedder(good, { store, meter });
    await later.embed(["good", "odd"]);
    expect(good.asked).toEqual([["good"], ["odd"]]);
  });

  it("a stored vector that cannot be compared is asked for again", async () => {
    const store = memoryStore();
    const stored = { ...store, getArtifact: () => new Uint8Array(8) };
    const inner = provider();
    const embedder = guardedEmbedder(inner, { store: stored, meter: usageMeter() });
    expect((await embedder.embed(["abc"])).map((v) => v[0])).toEqual([3]);
    expect(inner.asked).toEqual([["abc"]]);
  });

  it("counts failures and stores nothing of them", async () => {
    const meter = usageMeter();
    const inner = provider();
    const embedder = guardedEmbedder(inner, { store: memoryStore(), meter });
    await expect(embedder.embed(["bad"])).rejects.toThrow("failed 400");
    await expect(embedder.embed(["bad"])).rejects.toThrow("failed 400");
    expect(meter.rows()[0]).toMatchObject({ calls: 0, failures: 2, costUsd: null });
  });
});

it("a request that cannot be served is told once of each kind", async () => {
  const notes: string[] = [];
  const clock = virtualClock();
  const model = guardedModel(
    scriptedModel((request) => failing("request", ask.of(request).startsWith("long") ? 413 : 400)),
    "base",
    {
      store: memoryStore(),
      meter: usageMeter(),
      retries: { clock, random: () => 0.5 },
      notice: (words) => notes.push(words),
    },
  );
  for (const text of ["a", "b", "long a", "long b"]) await model.generate(ask(text)).catch(() => {});
  expect(notes).toEqual([
    "a request to test:scripted has no answer, which counts as missing: failed 400",
    "a request to test:scripted has no answer, which counts as missing: failed 413",
  ]);
});
