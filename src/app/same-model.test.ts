import { describe, expect, it } from "vitest";
import { ApmError, ProviderError } from "../core/errors.ts";
import { sameModel } from "./same-model.ts";

const servers = (...lists: (readonly string[] | undefined)[]) =>
  lists.map((list, i) => ({ name: `http://gpu${i}:8000`, names: async () => list }));
const yes = async () => "yes";

describe("servers of one model", () => {
  it.each<[string, readonly (readonly string[] | undefined)[]]>([
    ["that all list it", [["m", "other"], ["m"]]],
    ["of which one does not say", [["m"], undefined, []]],
    ["that all name their file, whatever they are asked for", [["a.gguf"], ["a.gguf"]]],
    ["with Ollama's tag", [["m:latest"], ["m:latest", "x"]]],
  ])("%s are asked", async (_what, lists) => {
    const checked = sameModel("m", servers(...lists));
    for (const i of lists.keys()) expect(await checked(i, yes)).toBe("yes");
  });

  it.each<[string, readonly (readonly string[])[], RegExp]>([
    ["another model than the others", [["m"], ["n"]], /gpu1:8000 serves another model than "m": n/],
    [
      "another file than the others",
      [["a.gguf"], ["b.gguf"]],
      /different models: b.gguf at .*gpu1.*a.gguf at .*gpu0/,
    ],
  ])("one of which serves %s, are not", async (_what, lists, words) => {
    const checked = sameModel("m", servers(...lists));
    await expect(checked(1, yes)).rejects.toThrow(words);
    await expect(checked(1, yes)).rejects.toBeInstanceOf(ApmError);
  });

  it("are looked at again when one was away", async () => {
    let second: readonly string[] = ["m"];
    const checked = sameModel("m", [
      { name: "http://a", names: async () => ["m"] },
      { name: "http://b", names: async () => second },
    ]);
    expect(await checked(1, yes)).toBe("yes");
    second = ["n"];
    expect(await checked(1, yes)).toBe("yes");
    const away = new ProviderError("refused", { failure: "transient", isAbsent: true });
    await expect(checked(1, () => Promise.reject(away))).rejects.toBe(away);
    await expect(checked(1, yes)).rejects.toThrow(/http:\/\/b serves another model/);
  });
});
