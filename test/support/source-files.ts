import { readFileSync } from "node:fs";
import { asyncBufferFromFile } from "hyparquet";
import { parquetWriteBuffer, type SchemaElement } from "hyparquet-writer";
import type { SourceFiles } from "../../src/conversations/sources/records.ts";
import { linesOfText } from "../../src/core/text.ts";

/** The real disk, without the niceties of the command line. */
export const diskFiles: SourceFiles = {
  readFile: (path) => readFileSync(path),
  readLines: (path) => linesOfText([readFileSync(path)], path),
  openBytes: (path) => asyncBufferFromFile(path),
};

const text = (name: string): SchemaElement => ({
  name,
  type: "BYTE_ARRAY",
  converted_type: "UTF8",
  repetition_type: "OPTIONAL",
});

/** UltraChat's columns, `messages` as a list of structures, as the `datasets` library writes it. */
const ULTRACHAT: SchemaElement[] = [
  { name: "root", num_children: 3 },
  text("prompt"),
  text("prompt_id"),
  { name: "messages", repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  { name: "element", repetition_type: "OPTIONAL", num_children: 2 },
  text("content"),
  text("role"),
];

/** A Parquet file of UltraChat-200k's form with these first user turns. */
export function ultraChatParquet(prompts: readonly string[], rowGroupSize = 2): Buffer {
  const messages = prompts.map((content) => [
    { content, role: "user" },
    { content: "An answer.", role: "assistant" },
    { content: "And then?", role: "user" },
  ]);
  const buffer = parquetWriteBuffer({
    schema: ULTRACHAT,
    rowGroupSize,
    columnData: [
      { name: "prompt", data: [...prompts] },
      { name: "prompt_id", data: prompts.map((_, i) => `id-${i}`) },
      { name: "messages", data: messages },
    ],
  });
  return Buffer.from(buffer);
}

/** The same without the `prompt` columns: only the conversations. */
export function messagesParquet(conversations: readonly unknown[]): Buffer {
  const schema = [{ name: "root", num_children: 1 }, ...ULTRACHAT.slice(3)];
  const columnData = [{ name: "messages", data: [...conversations] }];
  return Buffer.from(parquetWriteBuffer({ schema, columnData, rowGroupSize: 2 }));
}

/** n prompts that differ, `tag` in front. */
export function somePrompts(tag: string, n: number): string[] {
  return Array.from({ length: n }, (_, i) => `${tag}: how would you explain subject number ${i} to me?`);
}
