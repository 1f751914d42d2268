import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fold } from "../../src/core/random.ts";
import { loadTokenizer } from "../../src/neural/tokenizer.ts";
import { temporaryFolder } from "../../test/contracts/temporary-folder.ts";
import { encodeDocument } from "./encoding.ts";
import { FOLDER, instructionOf } from "./format.ts";
import { DOCUMENT_KINDS, ROOT, recipeOf, SHORT_FIRST } from "./recipe.ts";

const run = (...args: string[]): Buffer =>
  execFileSync(process.execPath, ["scripts/tiny/documents.ts", ...args], { stdio: "pipe" });

describe("documents.ts", () => {
  it("writes the records that pretrain.py reads", async () => {
    const out = join(temporaryFolder(), "held-out");
    const [from, to] = [SHORT_FIRST, SHORT_FIRST + 12];
    run("--half", "test", "--from", String(from), "--to", String(to), "--out", out);
    const bytes = readFileSync(`${out}.bin`);
    const numbers = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    const description = JSON.parse(readFileSync(`${out}.json`, "utf8"));
    const recipe = recipeOf("test", fold(ROOT, "training"));
    const tokenizer = loadTokenizer(FOLDER);
    let [at, tokens] = [0, 0];
    for (let i = from; i < to; i++) {
      const document = await recipe(i);
      const { ids, answerAt } = encodeDocument(tokenizer, document);
      const record = [DOCUMENT_KINDS.indexOf(document.kind), ids.length, answerAt, ...ids];
      expect([...numbers.subarray(at, at + record.length)]).toEqual(record);
      at += record.length;
      tokens += ids.length;
    }
    expect(at).toBe(numbers.length);
    expect(description).toMatchObject({ half: "test", from, to, tokens, kinds: DOCUMENT_KINDS });
    const [follow, avoid] = description.instructions[0] as [number, number];
    expect(
      tokenizer.encode(instructionOf({ principle: "emotionally neutral", direction: "follow" })),
    ).toEqual([follow]);
    expect(tokenizer.encode(instructionOf({ principle: "emotionally neutral", direction: "avoid" }))).toEqual(
      [avoid],
    );
  });

  it("says what it needs", () => {
    expect(() => run("--half", "train", "--to", "5")).toThrow("say --half train or test, --to and --out");
  });
});
