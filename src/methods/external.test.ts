import { describe, expect, it } from "vitest";
import { styleLabels, type TestUser, type TrainUser } from "../core/artifacts.ts";
import { ApmError, ProviderError } from "../core/errors.ts";
import type { HttpClient } from "../core/ports/http.ts";
import { rootKey } from "../core/random.ts";
import { memoryStore } from "../store/memory.ts";
import { external } from "./external.ts";
import type { Method, MethodContext } from "./method.ts";

const URL_ = "http://127.0.0.1:8900/answer";
const unused = (): never => {
  throw new Error("the method used a model");
};
const MODEL = { id: "m", identity: "m", simulated: true };

type Body = Readonly<Record<string, unknown>>;

/** A server in memory: every request is logged, `respond` answers or throws. */
function setUp(respond: (url: string, body: Body) => unknown) {
  const log: { url: string; body: Body }[] = [];
  const notes: string[] = [];
  const store = memoryStore();
  const http: HttpClient = {
    async postJson(url, pieces) {
      const text = [...pieces].join("");
      expect([...pieces].join("")).toBe(text);
      const body = JSON.parse(text);
      log.push({ url, body });
      return respond(url, body);
    },
  };
  const context: MethodContext = {
    base: { ...MODEL, generate: unused },
    embedder: { ...MODEL, embed: unused },
    labels: styleLabels(["gentle"]),
    key: rootKey(1),
    concurrency: 4,
    artifacts: store,
    memo: (_name, compute) => compute(),
    http,
    keep: () => {},
    learned: () => {},
    note: (message) => notes.push(message),
  };
  return { log, notes, context };
}

const method = (options: object = {}): Method =>
  external.create(external.options.parse({ url: URL_, ...options })) as Method;
const user = (id: string): TestUser => ({
  id,
  history: [`I am ${id}`, "Again."],
  prompt: `What now, ${id}?`,
});
const trainUser = (id: string, reward: number | null = 7): TrainUser => ({
  ...user(id),
  candidates: [{ principle: "gentle", direction: "follow", text: "There, there.", reward }],
});
const failing = (failure: "fatal" | "request" | "transient", status?: number) =>
  new ProviderError("it broke", { failure, ...(status === undefined ? {} : { status }), remedy: "mend it" });

describe("external system", () => {
  it("sees user, history and prompt, and nothing else", async () => {
    const { context, log } = setUp(() => ({ response: " Hello. " }));
    const fitted = await method().fit([trainUser("t")], [], context);
    // What a careless caller might hand over.
    const careless: object = { ...user("a"), candidates: trainUser("a").candidates, attributes: [1] };
    expect(await fitted.answer(careless as TestUser)).toEqual({ text: "Hello." });
    expect(log).toEqual([
      { url: URL_, body: { user: "a", history: ["I am a", "Again."], prompt: "What now, a?" } },
    ]);
  });

  it("is asked once: later runs and, without fit, other worlds use the stored answer", async () => {
    const { context, log } = setUp((_url, { user }) => ({
      response: user === "silent" ? null : `for ${user}`,
    }));
    for (let world = 0; world < 3; world++) {
      const fitted = await method().fit([trainUser("t", world)], [], context);
      expect(await fitted.answer(user("a"))).toEqual({ text: "for a" });
      expect(await fitted.answer(user("silent"))).toEqual({ text: null });
    }
    expect(log.length).toBe(2);
    await (await method({ version: "2" }).fit([], [], context)).answer(user("a"));
    await (await method({ url: `${URL_}2` }).fit([], [], context)).answer(user("a"));
    expect(log.length).toBe(4);
  });

  it("gets the train users of each world before that world's first question, rewards as they are", async () => {
    const { context, log } = setUp((url) => (url.endsWith("/fit") ? {} : { response: "Yes." }));
    const inWorld = async (reward: number | null, ...ids: string[]) => {
      const fitted = await method({ fit: true }).fit([trainUser("t", reward)], [trainUser("v")], context);
      await Promise.all(ids.map((id) => fitted.answer(user(id))));
    };
    await inWorld(7, "a", "b");
    await inWorld(null, "a");
    expect(log.map(({ url }) => url)).toEqual([`${URL_}/fit`, URL_, URL_, `${URL_}/fit`, URL_]);
    const [first, , , second] = log.map(({ body }) => body) as [Body, Body, Body, Body];
    expect(first).toEqual({
      world: expect.stringMatching(/^[0-9a-f]{16}$/),
      train: [sent("t", 7)],
      validation: [sent("v", 7)],
    });
    expect(second.train).toEqual([sent("t", null)]);
    expect(second.world).not.toBe(first.world);
    await inWorld(7, "a", "b");
    expect(log.length).toBe(5); // all answers of that world are stored: it is not even fitted
  });

  const sent = (id: string, reward: number | null) => ({
    user: id,
    history: user(id).history,
    prompt: user(id).prompt,
    candidates: [{ principle: "gentle", direction: "follow", text: "There, there.", reward }],
  });

  it("may take train users elsewhere", async () => {
    const { context, log } = setUp(() => ({ response: "Yes." }));
    await (await method({ fit: true, fitUrl: "http://other/learn" }).fit([], [], context)).answer(user("a"));
    expect(log[0]?.url).toBe("http://other/learn");
  });

  it.each([
    ["refuses a text", () => Promise.reject(failing("request", 422))],
    ["fails at a text again and again", () => Promise.reject(failing("request", 500))],
    ["answers in another form", () => ({ answer: "?" })],
    ["answers without end", () => ({ response: "x".repeat(100_001) })],
  ])(
    "that %s once it has answered loses that answer, with one note, and is asked again later",
    async (_what, fail) => {
      const { context, log, notes } = setUp((_url, { user }) =>
        user === "good" ? { response: "Yes." } : fail(),
      );
      const fitted = await method().fit([], [], context);
      await fitted.answer(user("good"));
      expect(await fitted.answer(user("bad"))).toEqual({ text: null });
      expect(await fitted.answer(user("worse"))).toEqual({ text: null });
      expect(notes).toEqual([expect.stringMatching(/gave no answer for bad, which counts as missing/)]);
      await (await method().fit([], [], context)).answer(user("good"));
      await expect((await method().fit([], [], context)).answer(user("bad"))).rejects.toThrow(ApmError);
      expect(log.filter(({ body }) => body.user === "bad").length).toBe(2);
    },
  );

  it.each([
    ["never answered", false, () => Promise.reject(failing("transient", 500))],
    ["never answered in the right form", false, () => ({ text: "?" })],
    ["is gone", true, () => Promise.reject(failing("transient"))],
    ["wants a key", true, () => Promise.reject(failing("fatal", 401))],
  ])("that %s ends the run and says what is expected", async (_what, answeredBefore, fail) => {
    const { context } = setUp((_url, { user }) => (user === "good" ? { response: "Yes." } : fail()));
    const fitted = await method().fit([], [], context);
    if (answeredBefore) await fitted.answer(user("good"));
    await expect(fitted.answer(user("bad"))).rejects.toThrow(
      expect.objectContaining({
        constructor: ApmError,
        remedy: expect.stringContaining('{"response": "..."}'),
      }),
    );
  });

  it("whose fit fails ends the run", async () => {
    const { context } = setUp(() => Promise.reject(failing("request", 413)));
    const fitted = await method({ fit: true }).fit([trainUser("t")], [], context);
    await expect(fitted.answer(user("a"))).rejects.toThrow(/does not answer: it broke/);
  });

  it("has an address without a password", () => {
    expect(external.options.safeParse({ url: "http://me:secret@host/" }).success).toBe(false);
    expect(external.options.safeParse({ url: "ftp://host/" }).success).toBe(false);
    expect(external.options.safeParse({ url: URL_, fitting: true }).success).toBe(false);
  });
});
