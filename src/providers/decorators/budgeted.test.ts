import { describe, expect, it } from "vitest";
import { ask, failing, scriptedModel } from "../../../test/contracts/scripted-model.ts";
import { mapConcurrent } from "../../core/concurrency.ts";
import { EXIT, StoppedError } from "../../core/errors.ts";
import type { LanguageModel } from "../../core/ports/language-model.ts";
import { wrapModel } from "../../core/wrap-model.ts";
import { memoryStore } from "../../store/memory.ts";
import { type Budget, budgeted, callBudget, chatBill } from "./budgeted.ts";
import { cachedModel } from "./cached.ts";
import { mostInputTokens } from "./estimate.ts";
import { costOf, type Price } from "./metered.ts";

const budgetedModel = (model: LanguageModel, budget: Budget, price?: Price, maxTokens?: number) =>
  wrapModel(model, budgeted(model.generate, budget, chatBill(price, maxTokens)));

const later = (): Promise<object> => new Promise((resolve) => setTimeout(resolve, 1, {}));
const requests = (n: number) => Array.from({ length: n }, (_, i) => ask(`question ${i}`));

describe("a budget of calls", () => {
  it("stops before the limit is passed, whatever is in flight, and goes on where it stopped", async () => {
    const store = memoryStore();
    let asked = 0;
    for (const [limit, done] of [
      [7, false],
      [7, false],
      [6, true],
    ] as const) {
      const inner = scriptedModel(later);
      const model = cachedModel(budgetedModel(inner, callBudget({ calls: limit })), store);
      const run = mapConcurrent(requests(20), 5, (request) => model.generate(request));
      if (done) expect((await run).length).toBe(20);
      else await expect(run).rejects.toThrow(StoppedError);
      expect(inner.requests.length).toBe(limit);
      asked += inner.requests.length;
      expect(store.countCalls()).toBe(asked);
    }
    expect(asked).toBe(20);
  });

  it("says where it is set and what to do", async () => {
    const model = budgetedModel(scriptedModel(), callBudget({ calls: 1 }));
    await model.generate(ask("a"));
    const stopped = await model.generate(ask("b")).catch((error: StoppedError) => error);
    expect(stopped).toMatchObject({ exitCode: EXIT.stopped, where: "budget.calls" });
    expect((stopped as StoppedError).remedy).toMatch(/raise the budget/);
  });

  it("does not count a refused attempt, but counts an answer that was lost on the way", async () => {
    const script = [failing("transient", 429), failing("transient", 200), failing("transient")];
    const budget = callBudget({ calls: 10 });
    const model = budgetedModel(
      scriptedModel(() => script.shift() ?? {}),
      budget,
    );
    for (let i = 0; i < 3; i++) await model.generate(ask("a")).catch(() => {});
    expect(budget.spent().calls).toBe(1);
    await model.generate(ask("a"));
    expect(budget.spent().calls).toBe(2);
  });
});

describe("a budget of dollars", () => {
  const price = { input: 1000, output: 4000 };

  it("is never exceeded when answers are as long as allowed, and used up but for less than one call", async () => {
    const usage = { inputTokens: mostInputTokens(ask("question 0")), outputTokens: 50 };
    const usd = 2.345;
    const budget = callBudget({ usd });
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
    const budget = callBudget({ usd: 1.2 });
    const model = budgetedModel(inner, budget, price, 200); // bound $0.84, cost $0.013
    await mapConcurrent(requests(20), 8, (request) => model.generate(request));
    expect(budget.spent()).toEqual({ calls: 20, usd: expect.closeTo(0.26, 9) });
  });

  it("expects four times the longest answer of a model without a limit", async () => {
    const budget = callBudget({ usd: 19.5 });
    const inner = scriptedModel(() => ({ usage: { inputTokens: 1, outputTokens: 900 } }));
    const model = budgetedModel(inner, budget, { input: 0, output: 1000 });
    for (let i = 0; i < 18; i++) await model.generate(ask("a"));
    await expect(model.generate(ask("a"))).rejects.toThrow(StoppedError);
    expect(budget.spent().usd).toBeCloseTo(16.2);
  });
});
