import { describe, expect, it } from "vitest";
import { byteCharacters } from "../../../test/support/random-checkpoint.ts";
import { makeTokenizer } from "../tokenizer.ts";
import { ggufTokenizer } from "./gguf-tokenizer.ts";

const read = (metadata: Record<string, unknown>) =>
  makeTokenizer(ggufTokenizer({ metadata, path: "x.gguf", fileBytes: 0, tensors: new Map() }), "x.gguf");

describe("sentence pieces of a GGUF file", () => {
  const bytes = Array.from({ length: 256 }, (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, "0")}>`);
  const pieces = ["▁", "h", "i", "t", "e", "▁h", "hi", "▁hi", "▁t"];
  const tokens = ["<unk>", "<s>", "</s>", ...bytes, ...pieces];
  const metadata = {
    "tokenizer.ggml.model": "llama",
    "tokenizer.ggml.tokens": tokens,
    // Rarer pieces have lower scores: "▁h" is merged before "hi".
    "tokenizer.ggml.scores": [...new Array(259).fill(0), -9, -9, -9, -9, -9, -1, -3, -2, -4],
    "tokenizer.ggml.token_type": [2, 3, 3, ...new Array(256).fill(6), ...pieces.map(() => 1)],
    "tokenizer.ggml.bos_token_id": 1,
    "tokenizer.ggml.eos_token_id": 2,
  };
  const named = (ids: number[]): (string | undefined)[] => ids.map((id) => tokens[id]);

  it("are merged by score, spell a first space away and unknown characters by their bytes", () => {
    const tokenizer = read(metadata);
    expect(named(tokenizer.encode("hi the"))).toEqual(["▁hi", "▁t", "h", "e"]);
    expect(named(tokenizer.encode("hi é", true))).toEqual(["<s>", "▁hi", "▁", "<0xC3>", "<0xA9>"]);
    for (const text of ["hi the", "hi é 😀 t"]) expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  });

  it("have no first space where the file says so, and no first token", () => {
    const tokenizer = read({
      ...metadata,
      "tokenizer.ggml.add_space_prefix": false,
      "tokenizer.ggml.add_bos_token": false,
    });
    expect(named(tokenizer.encode("hi hi", true))).toEqual(["hi", "▁hi"]);
    expect(tokenizer.decode(tokenizer.encode("hi hi"))).toBe("hi hi");
  });
});

describe("byte-level tokenizers of a GGUF file", () => {
  // One merge for each way of cutting: digits together, a digit after a letter, a space before a word.
  const merged = ["12", "123", "Ġa", "ab", "Ġ1"];
  const tokens = [...byteCharacters(), ...merged, "<|end|>", "<user>"];
  const kind = (pre: string) =>
    read({
      "tokenizer.ggml.model": "gpt2",
      "tokenizer.ggml.pre": pre,
      "tokenizer.ggml.tokens": tokens,
      "tokenizer.ggml.token_type": [...new Array(256 + merged.length).fill(1), 3, 4],
      "tokenizer.ggml.merges": ["Ġ 1", "1 2", "12 3", "Ġ a", "a b"],
      "tokenizer.chat_template": "{% for m in messages %}{{ m.content }}<|end|>{% endfor %}",
    });
  const cut = (pre: string, text: string): (string | undefined)[] =>
    kind(pre)
      .encode(text)
      .map((id) => tokens[id]);

  it("cut texts as each kind does", () => {
    expect(cut("gpt-2", "ab 123")).toEqual(["ab", "Ġ1", "2", "3"]);
    expect(cut("gpt-2", "1234")).toEqual(["123", "4"]);
    expect(cut("smollm", "ab 123")).toEqual(["ab", "Ġ", "1", "2", "3"]);
    expect(cut("qwen2", "ab 123")).toEqual(["ab", "Ġ", "1", "2", "3"]);
    expect(cut("llama-bpe", "ab 1234")).toEqual(["ab", "Ġ", "123", "4"]);
  });

  it("part digits of every script", () => {
    expect(kind("smollm").encode("٣٣").length).toBe(4);
    expect(kind("smollm").decode(kind("smollm").encode("٣٣"))).toBe("٣٣");
  });

  it("know control tokens, those of users, and the chat template", () => {
    const tokenizer = kind("gpt-2");
    const end = tokens.indexOf("<|end|>");
    expect(tokenizer.encode("a<user>")).toEqual([tokens.indexOf("a"), end + 1]);
    expect(tokenizer.decode([end, end + 1])).toBe("<user>");
    expect(tokenizer.chat([{ role: "user", content: "a<|end|>" }]).filter((id) => id === end)).toEqual([end]);
  });

  it("of another kind are refused by name", () => {
    expect(() => kind("tekken")).toThrow(/pre-tokenizer "tekken" is not known here/);
    expect(() => read({ "tokenizer.ggml.model": "bert", "tokenizer.ggml.tokens": ["a"] })).toThrow(
      /tokenizer "bert" is not known here/,
    );
  });
});
