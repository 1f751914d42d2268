import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import { PROJECTS } from "./support/projects.ts";

/** The rooms of a run, from users to figures: what `pipeline` stands on, and itself. */
const PIPELINE = [
  "core",
  "parquet",
  "hub",
  "catalog",
  "numerics",
  "statistics",
  "world",
  "conversations",
  "candidates",
  "judge",
  "ratings",
  "methods",
  "evaluation",
  "pipeline",
];

/** Who may import whom (docs/architecture.md). A room may always import itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  parquet: ["core"],
  catalog: ["core"],
  hub: ["core"],
  providers: ["core", "neural", "hub"],
  store: ["core"],
  numerics: ["core"],
  neural: ["core", "numerics"],
  statistics: ["core"],
  telemetry: ["core"],
  cluster: ["core", "store"],
  serving: ["core", "store"],
  world: ["core", "catalog"],
  conversations: ["core", "catalog", "parquet", "hub"],
  candidates: ["core", "catalog"],
  judge: ["core", "catalog"],
  ratings: ["core", "catalog", "judge"],
  methods: ["core", "numerics", "neural", "statistics"],
  evaluation: ["core", "world", "judge"],
  pipeline: PIPELINE.slice(0, -1),
  bundle: [...PIPELINE],
  report: ["core", "statistics", "methods"],
  "run-folder": ["core", "store", "statistics", "parquet"],
  exports: ["core", "parquet", "methods", "report", "studies"],
  studies: [...PIPELINE, "report", "run-folder"],
  viewer: ["core", "statistics", "run-folder", "report", "studies", "judge", "methods", "store"],
  app: [
    ...PIPELINE,
    "bundle",
    "report",
    "run-folder",
    "studies",
    "exports",
    "providers",
    "store",
    "cluster",
    "serving",
    "neural",
    "telemetry",
  ],
  cli: ["core", "app", "viewer", "studies", "report", "run-folder", "exports"],
};
const MAX_LINES = { src: 250, test: 350 } as const;
/** The median file of `src/` stays below this many lines. */
const MEDIAN_LINES = 100;

const root = resolve(import.meta.dirname, "..");
const filesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((f) => f.endsWith(".ts"))
    .map((f) => join(folder, f));
const texts = new Map<string, string>();
function textOf(file: string): string {
  const text = texts.get(file) ?? readFileSync(join(root, file), "utf8");
  texts.set(file, text);
  return text;
}
const linesOf = (file: string): number => textOf(file).split("\n").length - 1;
const sources = filesBelow("src");

const imports = new Map<string, readonly string[]>();
/** Relative imports of a file, types included, as paths from the root. */
function importsOf(file: string): readonly string[] {
  const found =
    imports.get(file) ??
    [...textOf(file).matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((m) =>
      relative(root, resolve(root, dirname(file), m[1] as string)),
    );
  imports.set(file, found);
  return found;
}

const SELF = relative(root, import.meta.filename);
const roomOf = (file: string): string => file.split("/")[1] as string;
const production = sources.filter((f) => !f.endsWith(".test.ts"));

describe("the house", () => {
  it("has sources to check, and every room has a rule", () => {
    expect(production.length).toBeGreaterThan(50);
    const rooms = new Set(production.filter((f) => f.split("/").length > 2).map(roomOf));
    expect([...rooms].filter((room) => !(room in ALLOWED))).toEqual([]);
  });

  it("keeps to its import rules", () => {
    const broken = production.flatMap((file) => {
      const room = roomOf(file);
      const allowed = ALLOWED[room];
      if (allowed === undefined) return [];
      return importsOf(file)
        .filter(
          (target) =>
            target.startsWith("src/") && roomOf(target) !== room && !allowed.includes(roomOf(target)),
        )
        .map((target) => `${file} imports ${target}`);
    });
    expect(broken).toEqual([]);
  });

  it("has no import circle, types included", () => {
    const state = new Map<string, "open" | "done">();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === "done") return;
      if (state.get(file) === "open") {
        circles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
        return;
      }
      state.set(file, "open");
      for (const next of importsOf(file).filter((f) => f.endsWith(".ts"))) visit(next, [...path, file]);
      state.set(file, "done");
    };
    for (const file of production) visit(file, []);
    expect(circles).toEqual([]);
  });

  it.each(["src", "test"] as const)("keeps files of %s short", (folder) => {
    const long = filesBelow(folder)
      .map((file) => ({ file, lines: linesOf(file) }))
      .filter(({ lines }) => lines > MAX_LINES[folder]);
    expect(long).toEqual([]);
  });

  it(`has a median source file under ${MEDIAN_LINES} lines`, () => {
    const lengths = production.map(linesOf).sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(MEDIAN_LINES);
  });

  it("imports only files that exist, also where no other test looks", () => {
    const missing = ["src", "test", "bench", "scripts", "viewer"].flatMap((folder) =>
      filesBelow(folder).flatMap((file) =>
        importsOf(file)
          .filter((target) => !existsSync(join(root, target)))
          .map((target) => `${file} imports ${target}`),
      ),
    );
    expect(missing).toEqual([]);
  });

  it("imports no node module in core but hashing, and none in the rooms of pure stages", () => {
    const pure = [
      "core",
      "world",
      "ratings",
      "methods",
      "evaluation",
      "statistics",
      "numerics",
      "judge",
      "candidates",
    ];
    const found = production
      .filter((f) => pure.includes(roomOf(f)))
      .flatMap((file) => [...textOf(file).matchAll(/from "(node:[^"]+)"/g)].map((m) => `${file}: ${m[1]}`))
      .filter((line) => !line.endsWith("node:crypto"));
    expect(found).toEqual([]);
  });
});

describe("the tests", () => {
  const tests = ["src", "test", "viewer", "scripts", "bench"]
    .flatMap(filesBelow)
    .filter((f) => f.endsWith(".test.ts"));
  const projectOf = (file: string): string | undefined => /\.([\w-]+)\.test\.ts$/.exec(file)?.[1];

  it("belong to the default project or to one that has a command of its own", () => {
    const named = new Set(tests.map(projectOf).filter((name) => name !== undefined));
    expect([...named].filter((name) => !(name in PROJECTS))).toEqual([]);
    const commands = Object.keys(PROJECTS).map((name) => `test:${name}`);
    expect(commands.filter((command) => !(command in packageJson.scripts))).toEqual([]);
  });

  it("start processes only where these are the point: each costs as much as a hundred other tests", () => {
    const SPAWNING: readonly string[] = [
      // Locks and stores between processes, and what a kill or Ctrl-C leaves.
      "src/serving/ending.test.ts",
      "src/store/lock.test.ts",
      "src/store/sqlite.test.ts",
      "test/contracts/budget-run.test.ts",
      "test/contracts/http-run.test.ts",
      "test/contracts/kill.test.ts",
      "test/contracts/lost-disk.test.ts",
      "test/contracts/served-models.test.ts",
      "test/e2e/run-determinism.test.ts",
      // Programs that Node itself loads: scripts, configurations, documented examples, the example server.
      "scripts/tiny/documents.test.ts",
      "test/e2e/cli-bad-input.test.ts",
      "test/e2e/cli-commands.test.ts",
      "test/e2e/external.test.ts",
      "test/e2e/library.test.ts",
      "test/e2e/own-method.test.ts",
      "test/e2e/own-models.test.ts",
      "test/extensions.test.ts",
      // What a shell makes of a script.
      "src/app/heap-space.test.ts",
      "src/cli/completion/bash.test.ts",
      "test/e2e/action.test.ts",
      // The memory of a process.
      "test/e2e/viewer-server.test.ts",
    ];
    const spawning = /from "node:child_process"|\bspawn(?:Cli|Viewer)\b/;
    const found = tests.filter(
      (file) => projectOf(file) === undefined && file !== SELF && spawning.test(textOf(file)),
    );
    expect(found.sort()).toEqual([...SPAWNING].sort());
  });

  it("of the default project, and what they import, need nothing but this repository", () => {
    const outside =
      /["'`](?:\.\.\/)+shared\/|"[s]hared",|^import .* from "playwright-core"|spawn\w*\("python/m;
    const withImports = (file: string, seen = new Set<string>()): Set<string> => {
      if (seen.has(file) || !file.endsWith(".ts")) return seen;
      seen.add(file);
      for (const next of importsOf(file)) withImports(next, seen);
      return seen;
    };
    const own = tests.filter((file) => projectOf(file) === undefined);
    const needy = own.flatMap((file) =>
      [...withImports(file)]
        .filter((imported) => outside.test(textOf(imported)))
        .map((imported) => `${file} needs ${imported}`),
    );
    expect(needy).toEqual([]);
  });
});
