import { describe, expect, it } from "vitest";
import { ask, scriptedModel } from "../../test/contracts/scripted-model.ts";
import { StoppedError } from "../core/errors.ts";
import type { RunEvent } from "../core/events.ts";
import { flightsOf } from "./in-flight.ts";

describe("calls that are under way", () => {
  it("are named when a stop is asked for, waited for, and followed by none", async () => {
    const stop = new AbortController();
    const events: RunEvent[] = [];
    const flights = flightsOf(stop.signal, (event) => events.push(event));
    const answers: (() => void)[] = [];
    const inner = scriptedModel(
      () => new Promise((resolve) => answers.push(() => resolve({ text: "late" }))),
    );
    const model = flights.watch(inner, "http://there");
    const asked = ["a", "b"].map((text) => model.generate(ask(text)));
    const embedding = flights.track(
      "http://vectors",
      () => new Promise((resolve) => answers.push(() => resolve(1))),
    );
    stop.abort(new StoppedError("stopped on request"));
    expect(events).toEqual([
      {
        type: "note",
        message: expect.stringMatching(
          /^stopping: waiting for 2 calls to http:\/\/there, 1 call to http:\/\/vectors, .*Ctrl-C again/,
        ),
      },
    ]);
    await expect(model.generate(ask("c"))).rejects.toThrow("stopped on request");
    let isDrained = false;
    const drained = flights.drain().then(() => {
      isDrained = true;
    });
    await new Promise(setImmediate);
    expect(isDrained).toBe(false);
    for (const answer of answers) answer();
    await drained;
    expect((await Promise.all(asked)).map(({ text }) => text)).toEqual(["late", "late"]);
    expect(await embedding).toBe(1);
    expect(inner.requests.length).toBe(2);
  });

  it("nothing is said when there are none", () => {
    const stop = new AbortController();
    const events: RunEvent[] = [];
    flightsOf(stop.signal, (event) => events.push(event));
    stop.abort();
    expect(events).toEqual([]);
  });
});
