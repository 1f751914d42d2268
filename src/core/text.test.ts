import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "./errors.ts";
import { parseJsonText } from "./json.ts";
import { decodeText, linesOfText } from "./text.ts";

const utf16be = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();
const encodings: Record<string, (text: string) => Buffer> = {
  "utf-8": (text) => Buffer.from(text),
  "utf-8 with a mark": (text) => Buffer.from(`\ufeff${text}`),
  "utf-16 little-endian with a mark": (text) => Buffer.from(`\ufeff${text}`, "utf16le"),
  "utf-16 big-endian with a mark": (text) => utf16be(`\ufeff${text}`),
  "utf-16 little-endian": (text) => Buffer.from(text, "utf16le"),
  "utf-16 big-endian": (text) => utf16be(text),
};

describe("text of files", () => {
  it.each(Object.entries(encodings))("is read in %s, whole and in lines", (_, encode) => {
    const bytes = encode('{"prompt": "Grüße 🥖"}\nzwei\n');
    expect(decodeText(bytes, "f")).toBe('{"prompt": "Grüße 🥖"}\nzwei\n');
    expect([...linesOfText([bytes], "f")]).toEqual([
      { number: 1, text: '{"prompt": "Grüße 🥖"}' },
      { number: 2, text: "zwei" },
    ]);
  });

  it("has the same lines however it is cut into pieces and ended", () => {
    const line = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n\0\ufeff]/g, "."));
    const end = fc.constantFrom("\n", "\r\n", "\r");
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1 }),
        end,
        fc.integer({ min: 1, max: 7 }),
        (texts, lineEnd, size) => {
          const bytes = Buffer.from(`{"first"}${texts.map((text) => lineEnd + text).join("")}${lineEnd}`);
          const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
            bytes.subarray(i * size, (i + 1) * size),
          );
          // The first piece decides on the encoding; files come in pieces of a megabyte.
          const [a, b, c, d, ...rest] = pieces;
          const head = Buffer.concat([a, b, c, d].filter((piece) => piece !== undefined));
          const lines = [...linesOfText([head, ...rest], "f")].map(({ text }) => text);
          expect(lines).toEqual(['{"first"}', ...texts]);
        },
      ),
    );
  });

  it("in another encoding is refused, with the place", () => {
    const latin1 = Buffer.from('"fine"\n"caf\xe9"\n', "latin1");
    expect(() => decodeText(latin1, "f.jsonl")).toThrow(/no text in UTF-8/);
    expect(() => [...linesOfText([latin1.subarray(0, 7), latin1.subarray(7)], "f.jsonl")]).toThrow(
      expect.objectContaining({ constructor: UsageError, where: "f.jsonl, after line 1" }),
    );
    expect(() => decodeText(Buffer.from("fffe000041000000", "hex"), "f")).toThrow(/UTF-32/);
  });
});

describe("JSON of files", () => {
  it("may hold the numbers that Python writes, outside of texts", () => {
    expect(parseJsonText('{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN \\"NaN\\" -Infinity"}')).toEqual({
      a: null,
      b: [-Infinity, Infinity],
      c: 'NaN "NaN" -Infinity',
    });
    expect(() => parseJsonText('{"NaN": nan}')).toThrow(SyntaxError);
  });
});
