import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, it } from "vitest";
import {
  diskFiles,
  messagesParquet,
  somePrompts,
  ultraChatParquet,
} from "../../../test/support/source-files.ts";
import { UsageError } from "../../core/errors.ts";
import { readPrompts } from "./read-files.ts";

const folder = mkdtempSync(join(tmpdir(), "apm-sources-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(name: string, content: string | Uint8Array): Promise<(string | null)[]> {
  writeFileSync(join(folder, name), content);
  const prompts: (string | null)[] = [];
  await readPrompts(diskFiles, join(folder, name), (prompt) => prompts.push(prompt));
  return prompts;
}
const refusal = (where: RegExp, message: RegExp) =>
  expect.objectContaining({
    constructor: UsageError,
    where: expect.stringMatching(where),
    message: expect.stringMatching(message),
    remedy: expect.any(String),
  });

describe("prompts of a JSONL file", () => {
  it("may have a form of their own on every line; blank lines do not count", async () => {
    const lines = [
      '"bare"',
      '{"prompt": "p"}',
      "",
      '{"conversations": [{"from": "human", "value": "h"}]}',
      '{"messages": []}',
    ];
    expect(await read("mixed.jsonl", lines.join("\n"))).toEqual(["bare", "p", "h", null]);
  });

  it("that cannot be read name file and line", async () => {
    await expect(read("cut.jsonl", '"fine"\n{"prompt": "cut')).rejects.toThrow(
      refusal(/cut\.jsonl, line 2$/, /not valid JSON/),
    );
    await expect(read("odd.jsonl", '\n{"title": 1}\n')).rejects.toThrow(
      refusal(/odd\.jsonl, line 2$/, /expected a string/),
    );
  });
});

describe("prompts of a JSON file", () => {
  it("stand in a list, or in a list under a key", async () => {
    expect(await read("list.json", '["a", {"text": "b"}]')).toEqual(["a", "b"]);
    expect(await read("keyed.json", '{"version": 1, "data": [{"prompt": "c"}]}')).toEqual(["c"]);
  });

  it("that cannot be read name file and record", async () => {
    await expect(read("bad.json", "[")).rejects.toThrow(refusal(/bad\.json$/, /not valid JSON/));
    await expect(read("none.json", '{"a": 1}')).rejects.toThrow(
      refusal(/none\.json$/, /no list.*an object with a$/),
    );
    await expect(read("odd.json", '["a", 2]')).rejects.toThrow(
      refusal(/odd\.json, record 2$/, /expected a string/),
    );
  });
});

describe("prompts of a Parquet file", () => {
  it("are UltraChat's prompt column, over several row groups", async () => {
    const prompts = somePrompts("ünïcode", 7);
    expect(await read("ultra.parquet", ultraChatParquet(prompts, 3))).toEqual(prompts);
  });

  it("are first user turns where there are only messages", async () => {
    const conversations = [
      [
        { role: "system", content: "s" },
        { role: "user", content: "one" },
      ],
      [],
      [{ role: "user", content: "two" }],
    ];
    expect(await read("messages.parquet", messagesParquet(conversations))).toEqual(["one", null, "two"]);
  });

  it("need a known column of a known form, and a whole file", async () => {
    const column = (name: string, data: unknown[], type: "STRING" | "INT32") =>
      new Uint8Array(parquetWriteBuffer({ columnData: [{ name, data, type }] }));
    await expect(read("other.parquet", column("score", [1], "INT32"))).rejects.toThrow(
      refusal(/other\.parquet$/, /no column/),
    );
    await expect(read("numbers.parquet", column("prompt", [1, 2], "INT32"))).rejects.toThrow(
      refusal(/numbers\.parquet$/, /no column/),
    );
    await expect(read("titles.parquet", column("title", ["t"], "STRING"))).rejects.toThrow(
      refusal(/titles\.parquet, row 1$/, /no known field.*it has: title/),
    );
    const whole = ultraChatParquet(somePrompts("a", 4));
    await expect(read("cut.parquet", whole.subarray(0, whole.length / 2))).rejects.toThrow(
      refusal(/cut\.parquet$/, /cannot read this as Parquet: its end is missing/),
    );
  });

  it("are read where the first column says nothing", async () => {
    const columnData = [
      { name: "prompt", data: ["", "p", null, " "], type: "STRING" as const },
      {
        name: "Messages",
        data: ["[]", "no", '[{"role": "User", "content": "m"}]', "plain"],
        type: "STRING" as const,
      },
    ];
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 2 }));
    expect(await read("blank.parquet", bytes)).toEqual([null, "p", "m", "plain"]);
    expect(await read("named-wrongly.jsonl", bytes)).toEqual([null, "p", "m", "plain"]);
  });
});

describe("files that are not what their name says", () => {
  it("are read where they hold prompts", async () => {
    const lines = '{"prompt": "a"}\n{"prompt": "b"}\n';
    expect(await read("lines.json", lines)).toEqual(["a", "b"]);
    expect(await read("list.jsonl", '[\n{"prompt": "a"},\n{"prompt": "b"}\n]')).toEqual(["a", "b"]);
    expect(await read("one-line.jsonl", '[{"prompt": "a"}, {"prompt": "b"}]')).toEqual(["a", "b"]);
    expect(await read("marked.jsonl", Buffer.from(`\ufeff${lines}`, "utf16le"))).toEqual(["a", "b"]);
    expect(await read("nan.jsonl", '{"prompt": "a", "score": NaN}\n{"prompt": "NaN", "score": 1}')).toEqual([
      "a",
      "NaN",
    ]);
    expect(await read("tags.json", '{"tags": ["x", "y"], "data": [{"prompt": "a"}]}')).toEqual(["a"]);
    expect(await read("texts.json", '{"tags": ["x", "y"], "prompts": ["a", "b"]}')).toEqual(["a", "b"]);
    expect(
      await read(
        "one-conversation.json",
        '[{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]',
      ),
    ).toEqual(["a"]);
    expect(await read("empty.jsonl", "\n")).toEqual([]);
  });

  it.each<[string, string | Buffer, RegExp, RegExp]>([
    [
      "pointer.parquet",
      "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
      /Git LFS/,
      /git lfs pull/,
    ],
    ["page.jsonl", "\n<!DOCTYPE html><html></html>", /web page/, /download the file itself/],
    ["packed.jsonl", Buffer.from("1f8b0800", "hex"), /gzip/, /gunzip/],
    ["text.parquet", '{"prompt": "a"}', /no Parquet file/, /\.jsonl/],
    ["empty.parquet", "", /empty/, /complete/],
    ["tags.json", '{"tags": ["x", "y"]}', /no list of records.*2 under "tags"/, /write a list/],
    ["latin.jsonl", Buffer.from('"a"\n"caf\xe9"', "latin1"), /no text in UTF-8/, /UTF-8/],
  ])("are refused by what they are: %s", async (name, content, message, remedy) => {
    await expect(read(name, content)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
      where: expect.stringContaining(name),
    });
  });
});
