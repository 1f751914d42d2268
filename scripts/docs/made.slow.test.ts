import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { marksIn } from "./marks.ts";
import { pages } from "./pages.ts";
import { Workbench } from "./part.ts";
import { PARTS } from "./parts/index.ts";

const folder = mkdtempSync(join(tmpdir(), "apm-docs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const marks = pages().flatMap((path) => marksIn(readFileSync(path, "utf8")));

// After a change that is meant to show: npm run docs:figures
describe("what README and docs quote is what the commands print today", () => {
  const here = Object.entries(PARTS).filter(([, { cost }]) => cost !== "needs");

  it.each(here)(
    "%s",
    async (name, part) => {
      mkdirSync(join(folder, name));
      const texts = await part.make(new Workbench(join(folder, name), false));
      for (const { key, text } of marks.filter((mark) => mark.part === name))
        expect(text, key).toBe(texts[key]);
    },
    3_600_000,
  );
});
