import { beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import type { OracleUser, TestUser, TrainUser } from "../../src/core/artifacts.ts";
import type { GenerateRequest, ModelRole } from "../../src/core/ports/language-model.ts";
import { prompts } from "../../src/core/prompt/prompts.ts";
import { matchPrompt } from "../../src/core/prompt/template.ts";
import { answerStyled } from "../../src/methods/answer-styled.ts";
import type { FittedMethod, Method, MethodContext } from "../../src/methods/method.ts";
import { evaluateWorld } from "../../src/pipeline/evaluate-world.ts";
import { prepareSplit } from "../../src/pipeline/prepare.ts";
import type { PreparedUser } from "../../src/pipeline/prepared.ts";
import { answerPlainly } from "../../src/pipeline/users.ts";
import { sampleWorld } from "../../src/world/mapping.ts";
import { simRun, simSetup } from "../support/sim-run.ts";
import { testMethod } from "../support/test-method.ts";

/** Names that no base prompt holds, so that each occurrence in a message has been put there. */
const POOL = {
  attributes: ["unpolished", "tech-savvy", "highly constrained", "open-minded"],
  principles: ["emotionally neutral", "elaborate", "concrete", "gentle"],
};
const SMALL = {
  pool: POOL,
  users: { train: 24, validation: 8, test: 16 },
  worlds: [5, 6],
  statistics: { resamples: 10, permutations: 10 },
};

/** Everything that can be reached from a value: strings and arrays, through own keys of any kind and prototypes. */
function reachable(root: unknown): { strings: string[]; arrays: unknown[][] } {
  const seen = new Set<unknown>();
  const found = { strings: [] as string[], arrays: [] as unknown[][] };
  const visit = (value: unknown): void => {
    if (typeof value === "string") found.strings.push(value);
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (Array.isArray(value)) found.arrays.push(value);
    for (const key of Reflect.ownKeys(value)) visit(Reflect.get(value, key));
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== Array.prototype) visit(prototype);
  };
  visit(root);
  return found;
}

describe("a method inside the pipeline", () => {
  const seen: { fit: TrainUser[]; answered: TestUser[]; context: MethodContext | undefined } = {
    fit: [],
    answered: [],
    context: undefined,
  };
  let test: readonly PreparedUser[];
  const world = sampleWorld(5, "signed-permutation", 4);

  beforeAll(async () => {
    const spy: Method = {
      kind: "method",
      fit: async (train, validation, context) => {
        seen.fit.push(...train, ...validation);
        seen.context = context;
        return {
          answer: (user) => {
            seen.answered.push(user);
            return answerStyled(user, context.labels[0]!, context);
          },
        };
      },
    };
    const run = simSetup(SMALL);
    const rated = () => [0, 1, 2, 3];
    const [train, validation, tested] = [
      await prepareSplit(run, "train", 24, rated),
      await prepareSplit(run, "validation", 8, rated),
      await prepareSplit(run, "test", 16, rated),
    ];
    test = tested.users;
    const methods = [testMethod("spy", true, spy)];
    const users = { train: train.users, validation: validation.users, test: await answerPlainly(run, test) };
    await evaluateWorld(run, methods, users, world, (_name, compute) => compute());
  });

  it("sees of train users history, prompt, candidates and rewards; of test users history and prompt", () => {
    expect(seen.fit).toHaveLength(32);
    for (const user of seen.fit) {
      expect(Reflect.ownKeys(user).sort()).toEqual(["candidates", "history", "id", "prompt"]);
      expect(user.candidates).toHaveLength(8);
      for (const candidate of user.candidates) {
        expect(Reflect.ownKeys(candidate).sort()).toEqual(["direction", "principle", "reward", "text"]);
      }
    }
    expect(seen.answered).toHaveLength(16);
    for (const user of seen.answered) {
      expect(Reflect.ownKeys(user).sort()).toEqual(["history", "id", "prompt"]);
      expect(Object.getPrototypeOf(user)).toBe(Object.prototype);
    }
  });

  it("can reach neither an attribute vector, nor targets, nor the matrix, nor an attribute's name", () => {
    const { strings, arrays } = reachable([seen.fit, seen.answered]);
    const hidden = new Set([
      ...test.map((u) => JSON.stringify(u.profile.attributes)),
      ...world.matrix.map((row) => JSON.stringify(row)),
      JSON.stringify(world.matrix),
    ]);
    expect(arrays.length).toBeGreaterThan(50);
    expect(arrays.filter((a) => hidden.has(JSON.stringify(a)))).toEqual([]);
    const names = strings.filter((s) => POOL.attributes.some((a) => s.toLowerCase().includes(a)));
    expect(names).toEqual([]);
  });

  it("is given labels, ports and a key, and no configuration, pool or world", () => {
    expect(Object.keys(seen.context ?? {}).sort()).toEqual(
      [
        "artifacts",
        "base",
        "classified",
        "concurrency",
        "embedder",
        "http",
        "keep",
        "key",
        "labels",
        "learned",
        "memo",
        "note",
        "trainers",
        "tunable",
      ].sort(),
    );
    const { strings } = reachable(seen.context?.labels);
    expect(new Set(strings)).toEqual(new Set([...POOL.principles, "follow", "avoid"]));
  });

  it("knows users by split and number only", () => {
    for (const { id } of seen.fit) expect(id).toMatch(/^(train|validation)-\d{5}$/);
    for (const { id } of seen.answered) expect(id).toMatch(/^test-\d{5}$/);
  });
});

describe("requests of a whole run", () => {
  const requests: { role: ModelRole; request: GenerateRequest }[] = [];
  const textOf = ({ request }: { request: GenerateRequest }): string =>
    request.messages.map((m) => m.content).join("\n");
  const namesAttribute = (text: string): boolean =>
    POOL.attributes.some((name) => text.toLowerCase().includes(name));

  beforeAll(async () => {
    await simRun(SMALL, {
      wrap: (model, role) => ({
        ...model,
        generate(request) {
          requests.push({ role, request });
          return model.generate(request);
        },
      }),
    });
  });

  it("name attributes to the rewriter alone", () => {
    const rewriting = requests.filter((r) => r.role === "rewriter");
    const others = requests.filter((r) => r.role !== "rewriter");
    expect(rewriting.length).toBeGreaterThan(100);
    expect(rewriting.every((r) => namesAttribute(textOf(r)))).toBe(true);
    expect(others.length).toBeGreaterThan(1000);
    expect(others.map(textOf).filter(namesAttribute)).toEqual([]);
  });

  it("never name a user", () => {
    expect(requests.map(textOf).filter((text) => /\b(train|validation|test)-\d{5}\b/.test(text))).toEqual([]);
  });

  it("ask the judge for one principle of one text, never for a direction or a wish", () => {
    const judged = requests.filter((r) => r.role === "judge");
    expect(judged.length).toBeGreaterThan(500);
    for (const { request } of judged) {
      const slots = matchPrompt(prompts.judge, request.messages);
      expect(Object.keys(slots ?? {}).sort()).toEqual(["fence", "max", "principle", "text"]);
      expect(POOL.principles).toContain(slots?.principle);
    }
  });
});

describe("types", () => {
  it("leave no place for attributes, targets or worlds; `tsc` checks these lines", () => {
    expectTypeOf<keyof TestUser>().toEqualTypeOf<"id" | "history" | "prompt" | "candidates">();
    expectTypeOf<TestUser["candidates"]>().toEqualTypeOf<undefined>();
    expectTypeOf<keyof TrainUser>().toEqualTypeOf<"id" | "history" | "prompt" | "candidates">();
    expectTypeOf<keyof TrainUser["candidates"][number]>().toEqualTypeOf<
      "principle" | "direction" | "text" | "reward"
    >();
    expectTypeOf<Parameters<FittedMethod["answer"]>>().toEqualTypeOf<[user: TestUser]>();
    expectTypeOf<Parameters<Method["fit"]>>().toEqualTypeOf<
      [train: readonly TrainUser[], validation: readonly TrainUser[], context: MethodContext]
    >();
    expectTypeOf<MethodContext>().not.toHaveProperty("config");
    expectTypeOf<MethodContext>().not.toHaveProperty("world");
  });
});

describe("a train user", () => {
  const trainUser: TrainUser = { id: "u", history: [], prompt: "Why?", candidates: [] };
  const fitted: FittedMethod = { answer: async ({ prompt }) => ({ text: prompt }) };

  it("does not compile where a test user is wanted; `tsc` checks these lines", async () => {
    // @ts-expect-error: its candidates and rewards would leak
    await fitted.answer(trainUser);
    // @ts-expect-error: nor in a list
    const users: readonly TestUser[] = [trainUser];
    // @ts-expect-error: nor what the oracle sees
    const oracleUser: TestUser = trainUser as OracleUser;
    const { id, history, prompt } = trainUser;
    expect(await fitted.answer({ id, history, prompt })).toEqual({ text: "Why?" });
    expect([...users, oracleUser]).toHaveLength(2);
  });
});
