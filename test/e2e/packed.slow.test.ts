import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "apm-packed-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** With the Node that runs the tests before any other one. */
const env = { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}` };
const shell = (command: string, cwd: string): string =>
  execFileSync("sh", ["-c", command], { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** Commands of README that ask no server; a run at the size of `smoke` shows what one of any size does. */
const COMMANDS = [
  "npx apm-bench init",
  "npx apm-bench config",
  "npx apm-bench doctor",
  "npx apm-bench estimate",
  "npx apm-bench run --preset smoke --out runs/smoke",
  "npx apm-bench report runs/smoke",
  "npx apm-bench compare runs/smoke runs/smoke",
];

describe("installed from the packed tarball in an empty folder", () => {
  beforeAll(() => {
    shell(`npm pack --pack-destination ${folder}`, root);
    const [tarball] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
    shell(`npm install --no-audit --no-fund --ignore-scripts --prefer-offline ./${tarball}`, folder);
  }, 900_000);

  it.each(COMMANDS)("works: %s", (command) => {
    const [name] = command.replace("npx apm-bench ", "").split(" ") as [string];
    expect(readFileSync(join(root, "README.md"), "utf8")).toMatch(
      new RegExp(`apm-bench ${name}\\b|\`${name}`),
    );
    expect(shell(command, folder)).not.toBe("");
  });

  it("holds every page and example that README links to", () => {
    const packed = join(folder, "node_modules/apm-bench");
    const links = [
      ...readFileSync(join(packed, "README.md"), "utf8").matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g),
    ];
    expect(links.length).toBeGreaterThan(20);
    expect(links.map(([, link]) => link as string).filter((link) => !existsSync(join(packed, link)))).toEqual(
      [],
    );
  });
});
