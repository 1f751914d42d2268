import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, extname, join, relative } from "node:path";
import { parse } from "csv-parse/sync";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

/** Users, candidates, answers and scores by the simulated model, and the same with answers of the shipped checkpoint. */
const ALL = "users (rewriter), candidates (candidate), answers (base) and scores (judge)";
const TINY = "users (rewriter) and scores (judge)";
const ROLES: Readonly<Record<string, readonly string[]>> = {
  [ALL]: ["rewriter", "candidate", "base", "judge"],
  [TINY]: ["rewriter", "judge"],
  "answers (base) and scores (judge)": ["base", "judge"],
  "users (rewriter), answers (base) and scores (judge)": ["rewriter", "base", "judge"],
  "users (rewriter)": ["rewriter"],
};

const few = (train: number, test: number): string[] => [
  "--set",
  `users={"train":${train},"validation":2,"test":${test}}`,
];
const SMOKE = ["--preset", "smoke", "--methods", "none,routing,random-routing", ...few(10, 4)];

/** What each command writes, and whose work of it was simulated; `null` for one that writes nothing of results. */
const WRITTEN: Readonly<
  Record<string, readonly (readonly [words: string, args: readonly string[]])[] | null>
> = {
  run: [
    [ALL, ["run", ...SMOKE, "--out", "run"]],
    [
      TINY,
      [
        "run",
        "--preset",
        "tiny",
        "--methods",
        "none,routing,random-routing",
        ...few(6, 3),
        "--out",
        "real-answers",
      ],
    ],
  ],
  export: ["parquet", "every-eval-ever", "inspect"].map((format) => [
    TINY,
    ["export", "real-answers", "--format", format],
  ]),
  compare: [
    [
      "users (rewriter), candidates (candidate), answers (base) and scores (judge)",
      ["compare", "run", "real-answers", "--junit", "gate/junit.xml", "--markdown", "gate/comment.md"],
    ],
  ],
  report: [[TINY, ["report", "real-answers"]]],
  judges: [
    ["answers (base) and scores (judge)", ["judges", "run", "--conversations", "12", "--out", "judges"]],
    ["answers (base) and scores (judge)", ["judges", "compare", "judges/scores.jsonl", "--out", "compared"]],
  ],
  attributes: [
    ["answers (base) and scores (judge)", ["attributes", "rate", "--conversations", "40", "--out", "rated"]],
    [
      "answers (base) and scores (judge)",
      [
        "attributes",
        "select",
        "rated/ratings.npy",
        "--names",
        "rated/names.json",
        "--k",
        "3",
        "--save-pool",
        "selected/pool.json",
        "--out",
        "selected",
      ],
    ],
  ],
  bias: [
    [
      "users (rewriter), answers (base) and scores (judge)",
      ["bias", ...few(2, 2), "--users", "6", "--set", "pool=k2", "--out", "bias"],
    ],
  ],
  robustness: [[TINY, ["robustness", "real-answers", "--questions", "2"]]],
  audit: [[ALL, ["audit", "run", "--guesses", "1"]]],
  explain: [[ALL, ["explain", "run"]]],
  language: [
    ["users (rewriter)", ["language", "real-answers", "--min-conversations", "1", "--out", "language"]],
  ],
  mapping: null,
  reproduce: [[ALL, ["reproduce", "history", "--model", "sim", "--scale", "0.005", "--out", "reproduced"]]],
  sweep: [[ALL, ["sweep", ...SMOKE, "--vary", "historyLength=1,2", "--out", "sweep"]]],
  rejudge: [[TINY, ["rejudge", "real-answers", "--judge", "sim:peer"]]],
  init: null,
  config: null,
  estimate: null,
  view: null,
  completion: null,
  // What is made of calls that are asked elsewhere; the run that takes them in tells.
  calls: null,
  store: null,
  work: null,
  data: [
    [TINY, ["data", "freeze", "real-answers", "--out", "frozen"]],
    [TINY, ["data", "tasks", "frozen", "--out", "tasks.jsonl"]],
  ],
  score: [[TINY, ["score", "answers.jsonl", "--bundle", "frozen", "--out", "scored"]]],
  leaderboard: [[TINY, ["leaderboard", "scored", "--out", "page"]]],
  adapters: null,
  doctor: null,
};

/** Files that are no result: what a command was given, or what only this program reads. */
const NO_RESULTS = ["config.json", "calls.sqlite", "names.json", "pool.json"];

interface JsonRecord {
  readonly simulated?: unknown;
  readonly simulatedRoles?: unknown;
  readonly metadata?: JsonRecord;
  readonly eval?: JsonRecord;
  readonly source_metadata?: { readonly additional_details?: JsonRecord };
}

/** The mark of a record: its own keys, or where another tool's schema has room for them, and texts alone. */
function expectMark(record: JsonRecord, roles: readonly string[]): void {
  const { simulated, metadata, eval: log, source_metadata: source } = record;
  const told = simulated === undefined ? (log?.metadata ?? source?.additional_details ?? metadata) : record;
  // A frozen set's manifest lists the roles under the one key.
  const isList = Array.isArray(told?.simulated);
  if (!isList) expect(String(told?.simulated)).toBe("true");
  expect([isList ? told?.simulated : told?.simulatedRoles].flat().join(" ")).toBe(roles.join(" "));
}

/** How each kind of file tells; a kind that is not here is a new one, which has to tell, too. */
const TELLS: Readonly<
  Record<string, (path: string, words: string, roles: readonly string[]) => void | Promise<void>>
> = {
  ".csv": (path, _, roles) => {
    const [header = [], ...rows] = parse(readFileSync(path)) as string[][];
    expect(header).toEqual(expect.arrayContaining(["simulated", "simulatedRoles"]));
    for (const row of rows) {
      expect(row[header.indexOf("simulated")]).toBe("true");
      expect(row[header.indexOf("simulatedRoles")]).toBe(roles.join(" "));
    }
  },
  ".jsonl": (path, _, roles) => {
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    // Tasks have a head, which tells it for all of them.
    const told = path.endsWith("tasks.jsonl") ? lines.slice(0, 1) : lines;
    for (const line of told) expectMark(JSON.parse(line), roles);
  },
  ".json": (path, _, roles) => expectMark(JSON.parse(readFileSync(path, "utf8")), roles),
  ".tex": (path, words, roles) => {
    const text = readFileSync(path, "utf8");
    expect(text).toContain(`% SIMULATED: ${words} come`);
    expect(text).toContain(`(simulated: ${roles.join(", ")})}`);
  },
  ".svg": (path, words, roles) => {
    const text = readFileSync(path, "utf8");
    expect(text).toContain(`<metadata>SIMULATED: ${words} come`);
    expect(text).toContain(`>SIMULATED (${roles.join(", ")})`);
  },
  ".html": (path, words) =>
    expect(readFileSync(path, "utf8")).toContain(`<strong>SIMULATED:</strong> ${words} come`),
  ".md": (path, words, roles) => {
    const text = readFileSync(path, "utf8").replaceAll("\\", "");
    if (path.includes("frozen")) expect(text).toContain(`**SIMULATED** (${roles.join(", ")})`);
    else expect(text).toContain(`SIMULATED: ${words} come`);
  },
  ".xml": (path, words, roles) => {
    const content = readFileSync(path, "utf8");
    expect(content).toContain(`SIMULATED: ${words} come`);
    expect(content).toContain(`<property name="simulatedRoles" value="${roles.join(" ")}"/>`);
  },
  ".parquet": async (path, words, roles) => {
    const file = await asyncBufferFromFile(path);
    const { key_value_metadata: about = [] } = await parquetMetadataAsync(file);
    const told = about.find(({ key }) => key === "simulated")?.value ?? "";
    expect([roles.join(", "), expect.stringContaining(`SIMULATED: ${words} come`)]).toContainEqual(told);
    if (path.includes("frozen")) return;
    const rows = await parquetReadObjects({ file, compressors });
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toMatchObject({ simulated: true, simulatedRoles: roles.join(" ") });
  },
  // A matrix of numbers for NumPy: the record beside it tells.
  ".npy": (path) =>
    TELLS[".json"]?.(join(path, "..", "results.json"), "", ROLES["answers (base) and scores (judge)"] ?? []),
};

const folder = temporaryFolder();

function filesUnder(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe("what was simulated", () => {
  /** Each file, by the words that it has to say: those of the command that wrote it last. */
  const owners = new Map<string, string>();

  beforeAll(async () => {
    const answers = [0, 1, 2].map((i) => ({
      world: "world-1",
      user: `test-0000${i}`,
      answer: "It depends.",
    }));
    writeFileSync(join(folder, "answers.jsonl"), answers.map((answer) => JSON.stringify(answer)).join("\n"));
    for (const [words, args] of Object.values(WRITTEN).flatMap((commands) => commands ?? [])) {
      const before = new Map(filesUnder(folder).map((path) => [path, statSync(path).mtimeMs]));
      const { code, stderr } = await runCli(args, folder);
      expect([args[0], code, stderr]).toEqual([args[0], 0, stderr]);
      for (const path of filesUnder(folder)) {
        if (statSync(path).mtimeMs !== before.get(path)) owners.set(path, words);
      }
    }
  });

  it("is asked of every command", () => {
    expect(Object.keys(WRITTEN).sort()).toEqual(COMMANDS.map(({ name }) => name).sort());
  });

  it("stands in every file that is written, with the roles, and with no other", async () => {
    const kinds = new Set<string>();
    for (const [path, words] of owners) {
      if (NO_RESULTS.some((name) => basename(path).startsWith(name))) continue;
      const tells = TELLS[extname(path)];
      const where = relative(folder, path);
      expect(tells, `${where}: this kind of file does not tell what was simulated`).toBeDefined();
      try {
        await tells?.(path, words, ROLES[words] ?? []);
      } catch (error) {
        throw new Error(`${where} does not tell what was simulated (${words})`, { cause: error });
      }
      kinds.add(extname(path));
    }
    expect([...kinds].sort()).toEqual([
      ".csv",
      ".html",
      ".json",
      ".jsonl",
      ".md",
      ".npy",
      ".parquet",
      ".svg",
      ".tex",
      ".xml",
    ]);
  });
});
