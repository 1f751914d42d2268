/**
 * Makes the figures, tables and quoted outputs of README and docs anew, part by part:
 *
 *   npm run docs:figures                     all parts
 *   npm run docs:figures -- sweep default    these
 *   npm run docs:figures -- --list           what there is
 *   npm run docs:figures -- --fresh sweep    though nothing has changed since the last time
 *   npm run docs:figures -- --kept           nothing is computed: what was made last is written into the pages again
 *
 * A part works in runs/docs-figures/PART and goes on there after an interruption. What it made is kept and written
 * again without any computing as long as the sources are the same; a part that fails does not keep the others from
 * being made. A part is one file in scripts/docs/parts/ and one line in its index.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { filled, marksIn } from "./docs/marks.ts";
import { pages, resultsIn, sourceState } from "./docs/pages.ts";
import { Workbench } from "./docs/part.ts";
import { PARTS } from "./docs/parts/index.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { list: { type: "boolean" }, fresh: { type: "boolean" }, kept: { type: "boolean" } },
});
const unknown = positionals.filter((name) => !(name in PARTS));
if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(", ")}; see --list`);
if (values.list)
  for (const [name, { about, cost }] of Object.entries(PARTS)) console.log(`${name}: ${about} (${cost})`);
else
  for (const name of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
    try {
      await make(name);
    } catch (error) {
      process.exitCode = 1;
      console.error(`${name}: not made: ${error instanceof Error ? error.message : error}`);
    }
  }

async function make(name: string): Promise<void> {
  const folder = join("runs", "docs-figures", name);
  const kept = join(folder, "made.json");
  const state = sourceState();
  mkdirSync(folder, { recursive: true });
  const before = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : undefined;
  let texts = before?.texts;
  if (values.kept && texts === undefined) throw new Error("nothing was made here yet");
  if (!values.kept && (values.fresh || before?.state !== state)) {
    // Other sources may compute otherwise from the same calls; which calls are the same, the store knows.
    if (before !== undefined) for (const path of resultsIn(folder)) rmSync(path);
    const start = Date.now();
    texts = await PARTS[name as keyof typeof PARTS].make(new Workbench(folder, true));
    writeFileSync(kept, `${JSON.stringify({ state, texts }, null, 2)}\n`);
    console.log(`${name}: made in ${Math.round((Date.now() - start) / 1000)} s`);
  } else console.log(`${name}: unchanged`);
  for (const path of pages()) {
    const page = readFileSync(path, "utf8");
    if (marksIn(page).some(({ part }) => part === name)) writeFileSync(path, filled(page, name, texts));
  }
}
