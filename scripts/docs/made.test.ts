import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { describe, expect, it } from "vitest";
import { marksIn } from "./marks.ts";
import { pages } from "./pages.ts";
import { PARTS } from "./parts/index.ts";

const root = `${import.meta.dirname}/../..`;
const marks = pages().flatMap((path) =>
  marksIn(readFileSync(path, "utf8")).map((mark) => ({ page: relative(root, path), ...mark })),
);

describe("made pieces of README and docs", () => {
  it("belong to parts that exist, and are made", () => {
    expect(marks.length).toBeGreaterThan(0);
    for (const { page, part, key, text } of marks) {
      expect(Object.keys(PARTS), `${page}: ${part}/${key}`).toContain(part);
      expect(text, `${page}: ${part}/${key}`).not.toMatch(/^\??$/);
    }
  });

  it("say the same wherever a page repeats one", () => {
    for (const [key, same] of Map.groupBy(marks, ({ part, key }) => `${part}/${key}`))
      expect(new Set(same.map(({ text }) => text)).size, key).toBe(1);
  });

  it("leave no mark open", () => {
    for (const path of pages()) {
      const page = readFileSync(path, "utf8");
      expect(page.match(/<!-- made /g)?.length ?? 0, path).toBe(page.match(/<!-- \/made -->/g)?.length ?? 0);
      expect(marksIn(page).length, path).toBe(page.match(/<!-- made /g)?.length ?? 0);
    }
  });
});
