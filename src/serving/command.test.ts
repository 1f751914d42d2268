import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../core/errors.ts";
import { wordsOf } from "./command.ts";

const words = (command: string | readonly string[]) => wordsOf(command, "models.judge.serve");

describe("a command line", () => {
  it.each<[string, string[]]>([
    [
      "vllm serve openai/gpt-oss-120b --port 8001",
      ["vllm", "serve", "openai/gpt-oss-120b", "--port", "8001"],
    ],
    ["  a   b\tc ", ["a", "b", "c"]],
    [`run "two words" 'it is "so"' ''`, ["run", "two words", 'it is "so"', ""]],
    [String.raw`a\ b "c\"d\n" '\'`, ["a b", String.raw`c"d\n`, "\\"]],
    [`x --json '{"a": [1, 2]}'`, ["x", "--json", '{"a": [1, 2]}']],
  ])("%s", (line, expected) => {
    expect(words(line)).toEqual(expected);
  });

  it.each([
    "vllm serve m | tee log",
    "vllm serve m && rm -rf /",
    "vllm serve $(cat model)",
    "vllm serve $MODEL",
    "vllm serve m > log",
    "vllm serve `id`",
    "CUDA_VISIBLE_DEVICES=0 vllm serve m",
    "vllm serve 'm",
    "   ",
  ])("that needs a shell, or is none, is refused: %s", (line) => {
    expect(() => words(line)).toThrow(UsageError);
  });

  it("as a list is taken as it is, whatever stands in a model's name", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), (more) => {
        expect(words(["vllm", ...more])).toEqual(["vllm", ...more]);
      }),
    );
  });

  it("gives back any words that were quoted", () => {
    fc.assert(
      fc.property(fc.array(fc.string().filter((w) => !w.includes("'"))), (more) => {
        expect(words(["p", ...more.map((w) => `'${w}'`)].join(" "))).toEqual(["p", ...more]);
      }),
    );
  });
});
