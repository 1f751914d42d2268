import { describe, expect, it } from "vitest";
import { requestFiles } from "./request-files.ts";

/** Files in memory, whole once they are closed. */
function inMemory() {
  const files = new Map<string, string[]>();
  const openLines = (path: string) => {
    const lines: string[] = [];
    return {
      write: (line: string) => void lines.push(line),
      flush: () => {},
      close: () => void files.set(path, lines),
      discard: () => {},
    };
  };
  return { files, openLines };
}
const asked = (n: number, role: "judge" | "embedder" = "judge") => ({
  key: String(n).padStart(32, "0"),
  role,
  path: role === "judge" ? "/chat/completions" : "/embeddings",
  body: `{"n":${n}}`,
});

describe("files of requests", () => {
  it("hold one role each, and begin anew at so many requests", () => {
    const { files, openLines } = inMemory();
    const written = requestFiles({ openLines }, "to", { requests: 2 });
    for (const n of [1, 2, 3]) written.add(asked(n));
    written.add(asked(4, "embedder"));
    const all = written.close();
    expect(all.map(({ file, requests }) => [file, requests])).toEqual([
      ["to/judge-0001.jsonl", 2],
      ["to/judge-0002.jsonl", 1],
      ["to/embedder-0001.jsonl", 1],
    ]);
    expect(JSON.parse(files.get("to/embedder-0001.jsonl")?.[0] ?? "")).toEqual({
      custom_id: "4".padStart(32, "0"),
      method: "POST",
      url: "/v1/embeddings",
      body: { n: 4 },
    });
  });

  it("or at so many bytes, of which they tell", () => {
    const { files, openLines } = inMemory();
    const line = Buffer.byteLength(
      JSON.stringify({ custom_id: "", method: "POST", url: "/v1/chat/completions", body: { n: 1 } }),
    );
    const bytes = 2 * (line + 32 + 1);
    const written = requestFiles({ openLines }, "to", { bytes });
    for (const n of [1, 2, 3]) written.add(asked(n));
    expect(written.close().map((file) => file.bytes)).toEqual([bytes, bytes / 2]);
    expect(files.get("to/judge-0001.jsonl")?.length).toBe(2);
  });
});
