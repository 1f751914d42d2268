import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ask, failing, scriptedModel } from "../../../test/contracts/scripted-model.ts";
import { temporaryFolder } from "../../../test/contracts/temporary-folder.ts";
import { mapConcurrent } from "../../core/concurrency.ts";
import { EXIT, ProviderError, StoppedError } from "../../core/errors.ts";
import type { LanguageModel } from "../../core/ports/language-model.ts";
import { wrapModel } from "../../core/wrap-model.ts";
import { memoryStore } from "../../store/memory.ts";
import { openSqliteStore } from "../../store/sqlite.ts";
import { openStoredCalls } from "../../store/stored-calls.ts";
import { type Budget, callBudget } from "./budget.ts";
import { budgeted, chatBill } from "./budgeted.ts";
import { cachedModel } from "./cached.ts";
import { mostInputTokens } from "./estimate.ts";
import { costOf, type Price } from "./metered.ts";

const budgetedModel = (model: LanguageModel, budget: Budget, price?: Price, maxTokens?: number) =>
  wrapModel(
    model,
    budgeted(model.generate, budget, { ...chatBill(price, maxTokens), isFree: model.simulated }),
  );

const directory = temporaryFolder();
const later = (): Promise<object> => new Promise((resolve) => setTimeout(resolve, 1, {}));
const requests = (n: number) => Array.from({ length: n }, (_, i) => ask(`question ${i}`));

describe("a budget of calls", () => {
  it("counts over all that a store holds: the same again has nothing left, more or a higher limit goes on", async () => {
    const store = memoryStore();
    for (const [limit, more, asked, done] of [
      [7, false, 7, false],
      [7, false, 0, false],
      [7, true, 7, false],
      [19, false, 5, false],
      [20, false, 1, true],
    ] as const) {
      const inner = scriptedModel(later);
      const budget = callBudget({ calls: limit }, store, more);
      const before = budget.spent().calls;
      const model = cachedModel(budgetedModel(inner, budget), store);
      const run = mapConcurrent(requests(20), 5, (request) => model.generate(request));
      if (done) expect((await run).length).toBe(20);
      else await expect(run).rejects.toThrow(StoppedError);
      expect(inner.requests.length).toBe(asked);
      expect(budget.spent().calls).toBe(before + asked);
      expect(store.countCalls()).toBe(budget.spent().calls);
    }
  });

  it("has every call written down before it is made, and settles it with its answer", async () => {
    const path = join(directory, "calls.sqlite");
    const store = openSqliteStore(path);
    /** What a process that came after a kill would find. */
    const spentNow = (): number => {
      const reader = openStoredCalls(path);
      try {
        return reader.spent()?.calls ?? -1;
      } finally {
        reader.close();
      }
    };
    const concurrency = 40;
    let [begun, ended] = [0, 0];
    const inner = scriptedModel(async () => {
      begun++;
      const [written, before] = [spentNow(), { begun, ended }];
      expect(written).toBeGreaterThanOrEqual(before.begun);
      expect(written).toBeLessThanOrEqual(before.ended + concurrency);
      await later();
      ended++;
      return {};
    });
    const model = cachedModel(budgetedModel(inner, callBudget({ calls: 1000 }, store)), store);
    await mapConcurrent(requests(200), concurrency, (request) => model.generate(request));
    store.close();
    expect(spentNow()).toBe(200);
  });

  it("counts without a limit, too, and simulated answers without a write of their own", async () => {
    const { ledger } = memoryStore();
    let flushes = 0;
    const budget = callBudget({}, { ledger, flush: () => void flushes++ });
    for (const simulated of [true, false]) {
      await budgetedModel({ ...scriptedModel(later), simulated }, budget).generate(ask("a"));
    }
    expect(budget.spent().calls).toBe(2);
    expect(flushes).toBe(1);
  });

  it("says where it is set and what to do", async () => {
    const model = budgetedModel(scriptedModel(), callBudget({ calls: 1 }, memoryStore()));
    await model.generate(ask("a"));
    const stopped = await model.generate(ask("b")).catch((error: StoppedError) => error);
    expect(stopped).toMatchObject({ exitCode: EXIT.stopped, where: "budget.calls" });
    expect((stopped as StoppedError).remedy).toMatch(/higher budget.*--budget-more/);
  });

  it("does not count what was refused or reached nobody, but an answer that was lost and a connection that broke", async () => {
    const unreached = new ProviderError("nobody there", { failure: "transient", isAbsent: true });
    const script = [failing("transient", 429), failing("transient", 200), failing("transient"), unreached];
    const budget = callBudget({ calls: 10 }, memoryStore());
    const model = budgetedModel(
      scriptedModel(() => script.shift() ?? {}),
      budget,
    );
    for (let i = 0; i < 4; i++) await model.generate(ask("a")).catch(() => {});
    expect(budget.spent().calls).toBe(2);
    await model.generate(ask("a"));
    expect(budget.spent().calls).toBe(3);
  });
});

describe("a budget of dollars", () => {
  const price = { input: 1000, output: 4000 };

  it("is never exceeded when answers are as long as allowed, and used up but for less than one call", async () => {
    const usage = { inputTokens: mostInputTokens(ask("question 0")), outputTokens: 50 };
    const usd = 2.345;
    const budget = callBudget({ usd }, memoryStore());
    const inner = scriptedModel(async () => ({ ...(await later()), usage }));
    const model = budgetedModel(inner, budget, price, 50);
    await expect(mapConcurrent(requests(20), 8, (r) => model.generate(r))).rejects.toThrow(
      /budget of \$2.345/,
    );
    expect(budget.spent().usd).toBeLessThanOrEqual(usd);
    expect(budget.spent().usd + costOf(usage, price)).toBeGreaterThan(usd);
  });

  it("waits for calls in flight instead of stopping while their bounds hold the rest back", async () => {
    const inner = scriptedModel(async () => ({
      ...(await later()),
      usage: { inputTokens: 9, outputTokens: 1 },
    }));
    const budget = callBudget({ usd: 1.2 }, memoryStore());
    const model = budgetedModel(inner, budget, price, 200); // bound $0.84, cost $0.013
    await mapConcurrent(requests(20), 8, (request) => model.generate(request));
    expect(budget.spent()).toEqual({ calls: 20, usd: expect.closeTo(0.26, 9) });
  });

  it("expects four times the longest answer of a model without a limit", async () => {
    const budget = callBudget({ usd: 19.5 }, memoryStore());
    const inner = scriptedModel(() => ({ usage: { inputTokens: 1, outputTokens: 900 } }));
    const model = budgetedModel(inner, budget, { input: 0, output: 1000 });
    for (let i = 0; i < 18; i++) await model.generate(ask("a"));
    await expect(model.generate(ask("a"))).rejects.toThrow(StoppedError);
    expect(budget.spent().usd).toBeCloseTo(16.2);
  });
});
