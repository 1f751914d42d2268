import { describe, expect, it } from "vitest";
import { ask, failing, scriptedModel } from "../../../test/contracts/scripted-model.ts";
import { virtualClock } from "../../../test/contracts/virtual-clock.ts";
import { ProviderError, StoppedError } from "../../core/errors.ts";
import { chatLoad, limited } from "./limited.ts";
import { trafficLimiter } from "./limiter.ts";
import { patient } from "./retrying.ts";

function policy(random: number, signal?: AbortSignal) {
  const clock = virtualClock();
  const waits: number[] = [];
  const watched = {
    ...clock,
    after(ms: number, task: () => void) {
      waits.push(ms);
      return clock.after(ms, task);
    },
  };
  return { clock: watched, waits, random: () => random, signal };
}

describe("a patient call", () => {
  it("waits a share of 0.5, 1, 2, ... s up to 10 s; without hope it is one that cannot be served", async () => {
    const options = policy(0.5);
    const inner = scriptedModel(() => failing("transient", 500));
    const failed = options.clock.until(patient(inner.generate, options)(ask("a")));
    const error = await failed.catch((e: ProviderError) => e);
    expect(options.waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000, 5000]);
    expect(inner.requests.length).toBe(10);
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({
      message: "failed 500 (10 tries)",
      failure: "request",
      status: 500,
      where: "POST http://127.0.0.1/v1",
      remedy: expect.stringMatching(/^look at the server; .*run the same command/),
    });
  });

  it("waits at least as long as the server asks", async () => {
    const options = policy(0.999);
    const inner = scriptedModel((_, call) => (call === 1 ? failing("transient", 429, 5000) : {}));
    await options.clock.until(patient(inner.generate, options)(ask("a")));
    expect(options.waits).toEqual([5000]);
  });

  it("does not try again what cannot succeed", async () => {
    const final = new ProviderError("enough", { failure: "transient", isFinal: true });
    for (const error of [failing("fatal", 401), failing("request", 400), new StoppedError("budget"), final]) {
      const inner = scriptedModel(() => error);
      await expect(patient(inner.generate, policy(0))(ask("a"))).rejects.toBe(error);
      expect(inner.requests.length).toBe(1);
    }
  });

  it("gives up one request that fails while others are answered, and only that one", async () => {
    const options = policy(0.5);
    const limiter = trafficLimiter({ concurrency: 2 }, options.clock);
    const inner = scriptedModel((request) =>
      ask.of(request).startsWith("poison") ? failing("transient", 500) : {},
    );
    const call = patient(limited([inner.generate], limiter, chatLoad()), options, limiter);
    let isOver = false;
    const poisoned = call(ask("poison"))
      .catch((error: ProviderError) => error)
      .finally(() => {
        isOver = true;
      });
    const others = async (): Promise<void> => {
      for (let i = 0; !isOver; i++) {
        await call(ask(`other ${i}`));
        await new Promise<void>((resolve) => options.clock.after(200, resolve));
      }
    };
    await options.clock.until(Promise.all([poisoned, others()]));
    expect(await poisoned).toMatchObject({ failure: "request", status: 500 });
    expect(inner.requests.filter((request) => ask.of(request).startsWith("poison")).length).toBe(10);
  });

  it("ends a wait when the run is stopped", async () => {
    const stop = new AbortController();
    const options = policy(1, stop.signal);
    const inner = scriptedModel(() => failing("transient", 500));
    const call = patient(inner.generate, options);
    const outcome = expect(call(ask("a"))).rejects.toThrow("stopped by the user");
    await options.clock.advance(150);
    stop.abort(new StoppedError("stopped by the user"));
    await outcome;
    await expect(call(ask("b"))).rejects.toThrow("stopped by the user");
  });
});
