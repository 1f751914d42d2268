import { describe, expect, it } from "vitest";
import { virtualClock } from "../../../test/contracts/virtual-clock.ts";
import { patientFetch } from "./patient-fetch.ts";

/** A server that gives these answers one after the other, the last one for ever. */
function asking(...answers: readonly [status: number, retryAfter?: string][]) {
  const clock = virtualClock();
  const notes: string[] = [];
  const times: number[] = [];
  const stop = new AbortController();
  const server = (async () => {
    const [status, retryAfter] = answers[Math.min(times.length, answers.length - 1)] as [number, string?];
    times.push(clock.now());
    return new Response("", {
      status,
      headers: retryAfter === undefined ? {} : { "retry-after": retryAfter },
    });
  }) as typeof fetch;
  const ask = patientFetch(server, { clock, note: (message) => notes.push(message), stop: stop.signal });
  const status = async (): Promise<number> => (await clock.until(ask("http://hub.example/x"))).status;
  return { status, ask, notes, times, stop };
}

describe("a patient fetch", () => {
  it("hands on what is no sign of a busy server", async () => {
    for (const code of [200, 404, 500]) {
      const { status, times } = asking([code]);
      expect([await status(), times.length]).toEqual([code, 1]);
    }
  });

  it("waits as long as the server asks, in seconds or until a date", async () => {
    const until = new Date(Date.now() + 60_000).toUTCString();
    const { status, times, notes } = asking([429, "120"], [503, until], [200]);
    expect(await status()).toBe(200);
    expect(times[1]).toBe(120_000);
    expect(times[2]).toBeGreaterThan(170_000);
    expect(times[2]).toBeLessThanOrEqual(180_000);
    expect(notes[0]).toBe("hub.example is too busy (HTTP 429) and asks to wait 120 s; waiting");
  });

  it("waits longer and longer without a wish, and gives up after five minutes", async () => {
    const { status, times, notes } = asking([429]);
    expect(await status()).toBe(429);
    expect(times).toEqual([0, 5_000, 15_000, 35_000, 75_000, 155_000]);
    expect(notes[0]).toBe("hub.example is too busy (HTTP 429); waiting 5 s");
  });

  it("does not wait for what would take longer than that, and says so", async () => {
    const { status, times, notes } = asking([429, "3600"]);
    expect([await status(), times]).toEqual([429, [0]]);
    expect(notes).toEqual(["hub.example is too busy (HTTP 429) and asks to wait 3,600 s, which is too long"]);
  });

  it("ends its waiting when the run is stopped", async () => {
    const { ask, stop } = asking([429, "100"]);
    const asked = ask("http://hub.example/x");
    setImmediate(() => stop.abort(new Error("stopped on request")));
    await expect(asked).rejects.toThrow("stopped on request");
  });
});
