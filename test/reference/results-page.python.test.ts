import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { isBaseline } from "../../src/methods/about.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { PYTHON } from "../support/python.ts";
import { runFixture, writeRunFixture } from "../support/run-fixture.ts";

const folder = temporaryFolder();
const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "results.md"), "utf8");
/** The lines that the page gives a reader, who puts in a method's name. */
const lines = /```python\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
const run = promisify(execFile);

it.each([1, 2, 3, 5])(
  "the page's lines recompute Δ, interval and p from the samples of %i worlds",
  async (worlds) => {
    const dir = join(folder, String(worlds));
    const fixture = runFixture({ users: 30, worlds, seed: worlds });
    writeRunFixture(dir, fixture);
    for (const method of fixture.results.methods) {
      if (isBaseline(method)) continue;
      const script = lines.replace('"routing"', JSON.stringify(method.name));
      const { stdout } = await run(PYTHON, ["-c", script], { cwd: dir });
      const { delta, deltaCi95, pValue } = method.summary;
      expect(stdout.trim().split(" ").map(Number)).toEqual(
        [delta, ...(deltaCi95 ?? []), pValue].map((value) => expect.closeTo(value as number, 9)),
      );
    }
  },
);
