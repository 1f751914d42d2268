import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "./contracts/temporary-folder.ts";

/**
 * "One file, one test, one line" (docs/architecture.md): a method, a provider and a study are added to a copy of the
 * sources. What is counted is what had to be touched; what is looked at is whether everything that lists methods,
 * providers and studies knows of them.
 */
const root = resolve(import.meta.dirname, "..");
const copy = temporaryFolder();
const touched = new Map<string, number>();

/** Adds an entry to a table, before the entry that begins with `before`, and the import that it needs. */
function addEntry(
  file: string,
  before: string,
  entry: string,
  imported?: readonly [name: string, from: string],
): void {
  const path = join(copy, file);
  const text = readFileSync(path, "utf8");
  const at = text.indexOf(before);
  expect(at, `${before} in ${file}`).toBeGreaterThan(0);
  const changed = `${text.slice(0, at)}${entry} ${text.slice(at)}`;
  const [name, from] = imported ?? [];
  writeFileSync(path, name === undefined ? changed : `import { ${name} } from "${from}";\n${changed}`);
  touched.set(file, (touched.get(file) ?? 0) + 1);
}

/** @param from in `support/extensions/`, named so that no tool takes it for a part of this repository's code */
function addFile(file: string, from: string): void {
  mkdirSync(dirname(join(copy, file)), { recursive: true });
  cpSync(join(root, "test/support/extensions", `${from}.ts.txt`), join(copy, file));
}

function cli(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, NODE_OPTIONS: "" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(copy, "bin/apm-bench.js"), ...args], {
    cwd: copy,
    env,
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}
const json = (...args: string[]) => {
  const { code, stdout, stderr } = cli(...args);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
};
/** Spelled apart, for the house looks for imports in the text of every file. */
const IMPORT = ["im", "port"].join("");
const SMALL = [
  ...["--set", "pool=k2", "--set", 'users={"train":8,"validation":4,"test":8}', "--worlds", "2"],
  ...["--set", "conversations.perUser=4"],
];

beforeAll(() => {
  for (const part of ["src", "bin", "catalog", "prompts", "presets", "models", "viewer"]) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  for (const file of ["package.json", "tsconfig.json"]) cpSync(join(root, file), join(copy, file));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));

  addFile("src/methods/last-prompt.ts", "last-prompt");
  addEntry("src/methods/registry.ts", "external,\n] as const", "lastPrompt,", [
    "lastPrompt",
    "./last-prompt.ts",
  ]);
  addFile("src/providers/parrot/provider.ts", "parrot-provider");
  addEntry("src/providers/registry.ts", "ownProvider];", "parrotProvider,", [
    "parrotProvider",
    "./parrot/provider.ts",
  ]);
  addFile("src/studies/answer-lengths/lengths.ts", "answer-lengths");
  addFile("src/cli/commands/lengths.ts", "lengths-command");
  addEntry(
    "src/cli/commands.ts",
    '{\n    name: "init"',
    `{ name: "lengths", summary: "how long answers are", load: async () => (await ${IMPORT}("./commands/lengths.ts")).lengthsCommand },`,
  );
});

describe("an extension", () => {
  it("is a file, and a line in one table", () => {
    expect([...touched]).toEqual([
      ["src/methods/registry.ts", 1],
      ["src/providers/registry.ts", 1],
      ["src/cli/commands.ts", 1],
    ]);
  });

  it("compiles with everything that names all methods", () => {
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    writeFileSync(
      join(copy, "tsconfig.check.json"),
      JSON.stringify({ extends: "./tsconfig.json", include: ["src/**/*.ts"], exclude: ["**/*.test.ts"] }),
    );
    const { stdout } = spawnSync(process.execPath, [tsc, "--noEmit", "-p", "tsconfig.check.json"], {
      cwd: copy,
      encoding: "utf8",
    });
    expect(stdout).toBe("");
  });

  it("a method: configuration, estimate, headline, tables, colours and the audit know it", () => {
    expect(cli("run", "--methods", "last-promt").stderr).toContain("last-prompt");
    const methods = ["--methods", "none,last-prompt,random-routing"];
    const estimate = json("estimate", ...SMALL, ...methods, "--json");
    const results = json("run", ...SMALL, ...methods, "--out", "runs/method", "--json");
    for (const { role, asks } of estimate.rows) {
      const rows = results.usage.filter((u: { role: string }) => u.role === role);
      const made = rows.reduce(
        (n: number, u: { calls: number; cacheHits: number; repeats: number }) =>
          n + u.calls + u.cacheHits - u.repeats,
        0,
      );
      expect(asks, role).toBe(made);
    }
    const found = results.methods.find((m: { id: string }) => m.id === "last-prompt");
    expect(found).toMatchObject({ name: "last prompt" });
    expect(found.summary.pValueAdjusted).not.toBeNull();
    const report = readFileSync(join(copy, "runs/method/report.html"), "utf8");
    expect(report).toContain("last prompt");
    expect(report).toContain("#7a5230");
    const audit = json("audit", "runs/method", "--json");
    const arms = audit.conditions.filter((c: { subject: string }) => c.subject === "last prompt");
    expect(arms.length).toBeGreaterThan(1);
  });

  it("a provider: it answers in its roles, embeds with its own embedder, is estimated and checked", () => {
    const models = [
      ...["--set", "models.base=parrot:grey", "--set", "models.embedder=parrot:grey"],
      ...["--methods", "none,rag-summary"],
    ];
    const rewriter = ["--set", "models.rewriter=sim:default", "--set", "models.judge=sim:default"];
    const results = json("run", ...SMALL, ...models, ...rewriter, "--out", "runs/provider", "--json");
    const models_ = new Set(
      results.usage.map((u: { role: string; model: string }) => `${u.role} ${u.model}`),
    );
    expect(models_).toContain("base parrot:grey");
    expect([...models_].some((name) => /embedder (?!parrot)/.test(name as string))).toBe(false);
    const sample = readFileSync(join(copy, "runs/provider/samples.jsonl"), "utf8").split("\n")[0] as string;
    expect(JSON.parse(sample).answer).toMatch(/^Squawk/);
    const estimate = json("estimate", ...SMALL, ...models, ...rewriter, "--json");
    expect(estimate.rows.find((r: { role: string }) => r.role === "base")).toMatchObject({
      model: "parrot:grey",
      costUsd: 0,
    });
    expect(cli("run", "--model", "parot:grey").stderr).toContain("parrot");
    expect(cli("doctor", ...SMALL, ...models, ...rewriter).stdout).toMatch(/base parrot:grey +answers/);
  });

  it("a study: the help lists it, and it prints, writes and speaks JSON as every study does", () => {
    expect(cli("--help").stdout).toContain("lengths");
    json("run", ...SMALL, "--methods", "none,random-routing", "--out", "runs/study", "--json");
    const record = json("lengths", "runs/study", "--json", "--out", "runs/lengths");
    expect(record).toMatchObject({ simulated: true });
    expect(record.methods.map((m: { name: string }) => m.name)).toEqual(["none", "random routing"]);
    expect(readFileSync(join(copy, "runs/lengths/report.html"), "utf8")).toContain("How long are answers?");
    expect(cli("lengths", "runs/study").stdout).toMatch(/SIMULATED[\s\S]*random routing/);
  });
});
