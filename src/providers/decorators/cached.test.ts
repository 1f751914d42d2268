import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ask, failing, scriptedModel } from "../../../test/contracts/scripted-model.ts";
import { temporaryFolder } from "../../../test/contracts/temporary-folder.ts";
import { callKeys } from "../../core/call-key.ts";
import type { GenerateRequest } from "../../core/ports/language-model.ts";
import { memoryStore } from "../../store/memory.ts";
import { openSqliteStore } from "../../store/sqlite.ts";
import { cachedModel } from "./cached.ts";

const directory = temporaryFolder();

describe("callKeys", () => {
  const text = fc.stringMatching(/^[ :0-9a-c]{0,8}$/); // the characters that separate the parts of a key
  const request: fc.Arbitrary<GenerateRequest> = fc.record(
    {
      messages: fc.array(fc.record({ role: fc.constantFrom("system", "user", "assistant"), content: text }), {
        maxLength: 3,
      }),
      sample: fc.nat(12),
      maxTokens: fc.nat(12),
      topLogprobs: fc.nat(12),
    },
    { requiredKeys: ["messages", "sample"] },
  );
  const keyOf = (identity: string, r: GenerateRequest): string => callKeys(identity)(r).join();

  it("differ exactly when model or request differ", () => {
    fc.assert(
      fc.property(text, request, text, request, (modelA, a, modelB, b) => {
        const equal = modelA === modelB && JSON.stringify(a) === JSON.stringify(b);
        expect(keyOf(modelA, a) === keyOf(modelB, b)).toBe(equal);
        expect(keyOf(modelA, structuredClone(a))).toBe(keyOf(modelA, a));
      }),
      { numRuns: 2000 },
    );
  });

  it("are pinned: stored calls stay valid from version to version", () => {
    const key = callKeys("sim:default")({ ...ask("Why is the sky blue?", 1), maxTokens: 20 });
    expect(Buffer.from(key).toString("hex")).toBe("83b1e60b5e8fd3e2294163d21a1e1670");
  });
});

describe("cachedModel", () => {
  it("hands on an answer that was paid for only once it is durable, and a simulated one at once", async () => {
    for (const simulated of [false, true]) {
      const path = join(directory, `${simulated}.sqlite`);
      const store = openSqliteStore(path);
      const other = openSqliteStore(path);
      const inner = scriptedModel();
      const model = cachedModel({ ...inner, simulated }, store);
      await model.generate(ask("a"));
      expect(other.countCalls()).toBe(simulated ? 0 : 1);
      other.close();
      store.close();
    }
  });

  it("asks again where an answer was stored without the log-probabilities that are wanted", async () => {
    const store = memoryStore();
    const request = { ...ask("a"), topLogprobs: 5 };
    const logprobs = [{ token: "7", logprob: -0.1, top: [] }];
    const old = cachedModel(
      scriptedModel(() => ({ text: "7" })),
      store,
    );
    const upgraded = scriptedModel(() => ({ text: "7", logprobs }));
    await old.generate(request);
    const model = cachedModel(upgraded, store);
    expect((await model.generate(request)).cached).toBeUndefined();
    expect(await model.generate(request)).toMatchObject({ cached: true, logprobs });
    expect(upgraded.requests).toHaveLength(1);
  });

  it("asks once for each different request, and says what came from the store", async () => {
    const inner = scriptedModel();
    const store = memoryStore();
    let hits = 0;
    const model = cachedModel(inner, store, () => hits++);
    const first = await model.generate(ask("a"));
    const again = await model.generate(ask("a"));
    await model.generate(ask("a", 1));
    const elsewhere = await cachedModel(scriptedModel(), store).generate(ask("a"));
    await cachedModel(
      scriptedModel(() => ({ text: "other" }), "another model"),
      store,
    ).generate(ask("a"));
    expect(first.cached).toBeUndefined();
    expect(again).toEqual({ ...first, cached: true });
    expect(elsewhere).toEqual(again);
    expect(inner.requests.length).toBe(2);
    expect(hits).toBe(1);
    expect(store.countCalls()).toBe(3);
  });

  it("lets equal requests in flight share one call, also when it fails", async () => {
    let release: (outcome: object) => void = () => {};
    const inner = scriptedModel(() => new Promise((resolve) => (release = resolve)));
    let hits = 0;
    const model = cachedModel(inner, memoryStore(), () => hits++);
    const both = Promise.allSettled([model.generate(ask("a")), model.generate(ask("a"))]);
    await Promise.resolve();
    release(failing("transient", 500));
    for (const outcome of await both) expect(outcome.status).toBe("rejected");
    expect(hits).toBe(0);
    const next = Promise.all([model.generate(ask("a")), model.generate(ask("a"))]);
    await Promise.resolve();
    release({ text: "yes" });
    expect((await next).map((r) => [r.text, r.cached])).toEqual([
      ["yes", undefined],
      ["yes", true],
    ]);
    expect(inner.requests.length).toBe(2);
    expect(hits).toBe(1);
  });

  it("keeps truncated answers with all their parts, and no failures", async () => {
    const logprobs = [{ token: "7", logprob: -0.1, top: [{ token: "7", logprob: -0.1 }] }];
    const inner = scriptedModel((_, call) =>
      call === 1
        ? failing("request", 400)
        : { text: "cut", finishReason: "length", reasoning: "hm", logprobs },
    );
    const model = cachedModel(inner, memoryStore());
    await expect(model.generate(ask("a"))).rejects.toThrow("failed 400");
    const paid = await model.generate(ask("a"));
    expect(await model.generate(ask("a"))).toEqual({ ...paid, cached: true });
    expect(inner.requests.length).toBe(2);
  });
});
