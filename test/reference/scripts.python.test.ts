import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { PYTHON } from "../support/python.ts";

/*
 * The numbers that tests hold the package against are those that the scripts in this folder print. A script's first
 * lines say where its numbers are checked in: `python3 test/reference/NAME.py > PATH.json`.
 */

const ROOT = join(import.meta.dirname, "..", "..");
/** Scripts that are not run here. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "neural-adamw.py": "PyTorch, a gigabyte to install",
  "neural-dpo.py": "PyTorch, a gigabyte to install",
  "neural-llama.py": "PyTorch, a gigabyte to install",
  "router_sklearn.py": "the other side of bench/router.ts, which writes its input",
};

/** Real data that some scripts read, where it stands beside the checkout. */
const DATA = "../shared/reference-data";

/** Numbers agree to nine digits: another version of a numerical library rounds in another order. */
const RELATIVE = 1e-9;
const ABSOLUTE = 1e-12;

const scripts = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".py"));
const run = promisify(execFile);

/** Where two values differ: a path, and both. */
function differences(printed: unknown, checkedIn: unknown, path = ""): string[] {
  if (typeof printed === "number" && typeof checkedIn === "number") {
    const margin = ABSOLUTE + RELATIVE * Math.abs(checkedIn);
    return Math.abs(printed - checkedIn) <= margin ? [] : [`${path}: ${printed}, checked in ${checkedIn}`];
  }
  if (
    typeof printed === "object" &&
    typeof checkedIn === "object" &&
    printed !== null &&
    checkedIn !== null
  ) {
    const keys = new Set([...Object.keys(printed), ...Object.keys(checkedIn)]);
    return [...keys].flatMap((key) =>
      differences(printed[key as keyof object], checkedIn[key as keyof object], `${path}/${key}`),
    );
  }
  return Object.is(printed, checkedIn) ? [] : [`${path}: ${printed}, checked in ${checkedIn}`];
}

it("has the interpreter that it needs", () => {
  expect(existsSync(PYTHON), `no ${PYTHON}: see CONTRIBUTING.md, or set APM_PYTHON`).toBe(true);
});

it("names only scripts that are there as left out", () => {
  expect(Object.keys(LEFT_OUT).filter((name) => !scripts.includes(name))).toEqual([]);
});

for (const script of scripts.filter((name) => !(name in LEFT_OUT))) {
  const text = readFileSync(join(import.meta.dirname, script), "utf8");
  it.skipIf(text.includes(DATA) && !existsSync(join(ROOT, DATA)))(
    `${script} prints what is checked in`,
    async () => {
      const path = new RegExp(`python3 test/reference/${script} > (\\S+\\.json)`).exec(text)?.[1];
      expect(path, "the script says where its numbers are checked in").toBeDefined();
      // One thread: small matrices, and sums in one order.
      const env = {
        ...process.env,
        OMP_NUM_THREADS: "1",
        OPENBLAS_NUM_THREADS: "1",
        PYTHONDONTWRITEBYTECODE: "1",
      };
      const options = { cwd: ROOT, env, maxBuffer: 1 << 26 };
      const { stdout } = await run(PYTHON, [join("test", "reference", script)], options);
      const checkedIn = JSON.parse(readFileSync(join(ROOT, path as string), "utf8"));
      expect(differences(JSON.parse(stdout), checkedIn).slice(0, 5)).toEqual([]);
    },
  );
}
