import { expect, it } from "vitest";
import type { Clock } from "../../core/ports/clock.ts";
import { systemClock } from "../decorators/system-clock.ts";
import { trainerAway } from "./failures.ts";
import { followJob } from "./follow.ts";

const place = "http://localhost:8900";
const away = () => trainerAway(place, "read ECONNRESET", undefined);
const waits = (clock: Clock, patienceMs: number) => ({
  clock,
  stop: new AbortController().signal,
  patienceMs,
});

it("asks again for a result that was not handed over because the trainer went away", async () => {
  let [begun, asked] = [0, 0];
  const phases: (string | undefined)[] = [];
  const result = await followJob(
    "aa",
    {
      place,
      begin: async () => ({ state: begun++ === 0 ? "running" : "done" }),
      stateOf: async () => ({ state: "done" }),
      result: async () => {
        if (asked++ === 0) throw away();
        return { accuracy: 1 };
      },
      progress: ({ phase }) => phases.push(phase),
    },
    waits(systemClock, 60_000),
  );
  expect(result).toEqual({ accuracy: 1 });
  expect({ begun, asked }).toEqual({ begun: 2, asked: 2 });
  expect(phases.some((phase) => phase?.includes("is away"))).toBe(true);
});

it("gives up when its patience ends, though the trainer says that it is done", async () => {
  const job = { begin: async () => ({ state: "done" as const }), stateOf: async () => undefined };
  const result = () => Promise.reject(away());
  const followed = followJob("aa", { place, ...job, result, progress: () => {} }, waits(systemClock, 50));
  await expect(followed).rejects.toThrow("the trainer is away");
});
