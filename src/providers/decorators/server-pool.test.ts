import { describe, expect, it } from "vitest";
import { ask, scriptedModel } from "../../../test/contracts/scripted-model.ts";
import { virtualClock } from "../../../test/contracts/virtual-clock.ts";
import { ProviderError } from "../../core/errors.ts";
import type { GenerateRequest } from "../../core/ports/language-model.ts";
import type { OneOrMore } from "./call.ts";
import { chatLoad, limited } from "./limited.ts";
import { type ServerLimiter, trafficLimiter } from "./limiter.ts";
import { patienceWith } from "./patience.ts";
import { patient } from "./retrying.ts";
import { sharedServer } from "./server.ts";
import { serverPool } from "./server-pool.ts";

/** What a server answers at some second, and how long it takes. */
interface Scripted {
  readonly ms: number;
  readonly fails?: (second: number) => ProviderError | undefined;
}

const lost = new ProviderError("lost", { failure: "transient", words: "connection reset" });
const gone = new ProviderError("refused", { failure: "transient", isAbsent: true, words: "refused" });
const forbidden = new ProviderError("HTTP 401", { failure: "fatal", status: 401, words: "HTTP 401" });

function pooled(servers: readonly Scripted[], concurrency: number, patienceMs?: number) {
  const clock = virtualClock();
  const random = (): number => 0.5;
  const answered: { server: number; at: number; question: string }[] = [];
  const inFlight = servers.map(() => 0);
  const most = servers.map(() => 0);
  const shared = servers.map((_, i) => sharedServer({ name: `s${i}`, clock, random, tell: () => {} }));
  const patience = patienceWith(
    { hasAnswered: () => shared.some((s) => s.hasAnswered()) },
    clock,
    patienceMs,
  );
  const limiters = shared.map((server) =>
    trafficLimiter({ concurrency }, clock, undefined, server, patience),
  ) as unknown as OneOrMore<ServerLimiter>;
  const pool = serverPool(limiters, clock);
  const calls = servers.map(({ ms, fails }, server) => {
    const { generate } = scriptedModel(async (request) => {
      most[server] = Math.max(most[server] as number, ++(inFlight[server] as number));
      const isGone = fails?.(clock.now() / 1000) === gone;
      await new Promise<void>((resolve) => clock.after(isGone ? 1 : ms, resolve));
      (inFlight[server] as number)--;
      const failure = fails?.(clock.now() / 1000);
      if (failure !== undefined) return failure;
      answered.push({ server, at: clock.now(), question: request.messages[0]?.content as string });
      return { text: "yes" };
    });
    return (request: GenerateRequest) => generate(request);
  });
  const call = patient(
    limited(calls as unknown as OneOrMore<(typeof calls)[number]>, pool, chatLoad()),
    { clock, random },
    pool,
  );
  const many = (n: number) =>
    clock.until(Promise.all(Array.from({ length: n }, (_, i) => call(ask(`question ${i}`)))));
  const shares = () => servers.map((_, s) => answered.filter(({ server }) => server === s).length);
  return { clock, call, many, shares, answered, most, pool };
}

describe("several servers of one model", () => {
  it("are given calls as they answer them: together as fast as the sum of their rates", async () => {
    const times = [50, 100, 200, 400];
    const { many, shares, clock } = pooled(
      times.map((ms) => ({ ms })),
      4,
    );
    await many(1500);
    const perMs = times.reduce((sum, ms) => sum + 4 / ms, 0);
    expect(clock.now() * perMs).toBeLessThan(1500 / 0.95);
    expect(shares()[0]).toBeGreaterThan(7 * (shares()[3] as number));
  });

  it("have as many in flight each as the model may have at one, and the fewest comes first", async () => {
    const { many, most, pool } = pooled([{ ms: 100 }, { ms: 100 }, { ms: 100 }], 5);
    expect(pool.allowed()).toBe(15);
    await many(3);
    expect(most).toEqual([1, 1, 1]);
    await many(60);
    expect(most).toEqual([5, 5, 5]);
  });

  it("take over at once what was under way at one that is lost, which is asked again when it is back", async () => {
    const { clock, many, shares, answered } = pooled(
      [{ ms: 100 }, { ms: 100, fails: (s) => (s < 1 ? undefined : s < 60 ? lost : undefined) }],
      4,
    );
    await many(60);
    await clock.advance(1000 - clock.now());
    const before = shares();
    await many(200);
    expect(answered).toHaveLength(260);
    expect(shares()[1]).toBe(before[1]);
    await clock.advance(120_000);
    await many(60);
    expect(shares()[1]).toBeGreaterThan(before[1] as number);
  });

  it("go on without one that is away longer than anybody is waited for", async () => {
    const { many, shares } = pooled([{ ms: 100 }, { ms: 100, fails: () => gone }], 2, 5_000);
    await many(400);
    expect(shares()).toEqual([400, 0]);
  });

  it("go on without one that worked and then refuses everybody", async () => {
    const { many, shares } = pooled(
      [{ ms: 100 }, { ms: 100, fails: (s) => (s < 1 ? undefined : forbidden) }],
      2,
    );
    await many(100);
    expect(shares()[0]).toBeGreaterThan(50);
    expect(shares()[1]).toBeGreaterThan(5);
  });

  it("end the run where one never worked and refuses everybody", async () => {
    const { many } = pooled([{ ms: 100 }, { ms: 10, fails: () => forbidden }], 2);
    await expect(many(50)).rejects.toMatchObject({ failure: "fatal", status: 401 });
  });

  it("are given up when none of them answers for as long as one is waited for", async () => {
    const { clock, many } = pooled(
      [
        { ms: 100, fails: (s) => (s < 1 ? undefined : gone) },
        { ms: 100, fails: (s) => (s < 1 ? undefined : lost) },
      ],
      2,
      30_000,
    );
    await many(10);
    await clock.advance(2_000);
    const from = clock.now();
    await expect(many(10)).rejects.toMatchObject({ isFinal: true });
    expect(clock.now() - from).toBeGreaterThan(28_000);
  });
});
