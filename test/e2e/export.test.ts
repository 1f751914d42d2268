import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { nodeFiles } from "../../src/app/node-files.ts";
import type { Results, Sample, UserRecord } from "../../src/core/run-record.ts";
import { readTable } from "../../src/parquet/read.ts";
import type { Row, TableColumn } from "../../src/parquet/table.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const cli = (...args: string[]) => runCli(args, folder);
const textOf = (path: string): string => readFileSync(join(folder, path), "utf8");
const linesOf = <T>(path: string): T[] =>
  textOf(path)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as T);

async function rowsOf(path: string, columns: readonly TableColumn[]): Promise<Row[]> {
  const file = nodeFiles(folder).openFile(path);
  const rows: Row[] = [];
  for await (const row of readTable(file, columns, path)) rows.push(row);
  file.close();
  return rows;
}

const MARK: readonly TableColumn[] = [
  { name: "simulated", type: "boolean" },
  { name: "simulatedRoles", type: "text" },
];
const text = (...names: string[]): TableColumn[] => names.map((name) => ({ name, type: "text" }));

/** What the command says that it wrote. */
async function exported(
  format: string,
  ...more: string[]
): Promise<{ out: string; files: string[]; notes: string[] }> {
  const { code, stdout, stderr } = await cli("export", "run", "--format", format, "--json", ...more);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

let results: Results;
let samples: Sample[];
let users: UserRecord[];
beforeAll(async () => {
  const small = ["--set", 'users={"train":6,"validation":2,"test":5}', "--worlds", "2", "--set", "pool=k2"];
  const methods = ["--methods", "none,routing-oracle,routing,in-context"];
  const { code, stderr } = await cli("run", ...small, ...methods, "--out", "run");
  expect(code, stderr).toBe(0);
  results = JSON.parse(textOf("run/results.json"));
  samples = linesOf("run/samples.jsonl");
  users = linesOf("run/users.jsonl");
});

describe("export --format parquet", () => {
  it("holds samples, scores and users as the run's own files do", async () => {
    const { out, files, notes } = await exported("parquet");
    expect([out, notes]).toEqual(["run/exports/parquet", []]);
    expect(files.map((file) => file.split("/").at(-1))).toEqual(
      ["users", "samples", "scores", "candidates", "ratings"].map((name) => `${name}.parquet`),
    );
    const mark = { simulated: true, simulatedRoles: "rewriter candidate base judge" };
    const found = await rowsOf(`${out}/samples.parquet`, [
      { name: "world", type: "integer" },
      ...text("method", "user"),
      { name: "labelPrinciple", type: "text", nullable: true },
      { name: "difference", type: "number", nullable: true },
      ...MARK,
    ]);
    expect(found).toEqual(
      samples.map(({ world, method, user, label, difference }) => ({
        ...{ world, method, user, labelPrinciple: label?.principle ?? null, difference },
        ...mark,
      })),
    );
    const scores = await rowsOf(`${out}/scores.parquet`, [
      ...text("user", "principle", "direction"),
      { name: "weight", type: "number" },
      { name: "score", type: "number", nullable: true },
    ]);
    expect(scores).toEqual(
      samples.flatMap(({ user, scores }) => scores.map((score) => ({ user, ...score }))),
    );
    const [first] = await rowsOf(`${out}/users.parquet`, text("user", "history", "prompt", "attributes"));
    const [own] = users;
    expect(first).toEqual({
      ...{ user: own?.user, prompt: own?.prompt },
      ...{ history: JSON.stringify(own?.history), attributes: JSON.stringify(own?.attributes) },
    });
  });

  it("holds candidates and ratings of all splits, and pays for nothing", async () => {
    const spent = () => JSON.parse(textOf("run/run.json")).storedCalls;
    const before = spent();
    const { out } = await exported("parquet");
    const candidates = await rowsOf(
      `${out}/candidates.parquet`,
      text("user", "split", "candidatePrinciple", "text"),
    );
    expect(Map.groupBy(candidates, ({ split }) => split)).toEqual(
      new Map([
        ["train", expect.objectContaining({ length: 6 * 4 })],
        ["validation", expect.objectContaining({ length: 2 * 4 })],
        ["test", expect.objectContaining({ length: 5 * 4 })],
      ]),
    );
    const ratings = await rowsOf(`${out}/ratings.parquet`, [
      ...text("user", "candidatePrinciple", "candidateDirection", "principle"),
      { name: "score", type: "number", nullable: true },
    ]);
    expect(ratings.length).toBe(results.ratings.asked);
    for (const { score } of ratings)
      expect(score === null || (Number(score) >= 1 && Number(score) <= 10)).toBe(true);
    // Judged as well as a candidate can be: an answer by the oracle is one, by its own label.
    const chosen = samples.find(({ method }) => method === "routing oracle") as Sample;
    expect(candidates).toContainEqual(
      expect.objectContaining({
        user: chosen.user,
        candidatePrinciple: chosen.label?.principle,
        text: chosen.answer,
      }),
    );
    expect(spent()).toBe(before);
  });

  it("does without candidates where the store is gone, and says so; refuses one that has lost some", async () => {
    cpSync(join(folder, "run"), join(folder, "bare"), { recursive: true });
    rmSync(join(folder, "bare", "calls.sqlite"));
    const bare = await cli("export", "bare", "--format", "parquet", "--out", "elsewhere", "--json");
    expect(JSON.parse(bare.stdout).notes).toEqual([
      expect.stringMatching(/candidates and ratings are left out: the store/),
    ]);
    expect(existsSync(join(folder, "elsewhere", "candidates.parquet"))).toBe(false);
    // An empty store is made by whatever looks at the directory as a run.
    expect((await cli("judges", "run", "--conversations", "1", "--out", "other")).code).toBe(0);
    cpSync(join(folder, "other", "calls.sqlite"), join(folder, "bare", "calls.sqlite"));
    const lost = await cli("export", "bare", "--format", "parquet", "--out", "lost");
    expect([lost.code, lost.stderr]).toEqual([
      2,
      expect.stringMatching(/has not all[\s\S]*run the benchmark again/),
    ]);
    expect(existsSync(join(folder, "lost", "candidates.parquet"))).toBe(false);
  });
});

describe("export of a run on a frozen set", () => {
  it("leaves candidates to the set, which holds them", async () => {
    for (const args of [
      ["data", "freeze", "run", "--out", "set"],
      ["run", "--bundle", "set", "--methods", "none,routing", "--out", "upon"],
    ])
      expect((await cli(...args)).code).toBe(0);
    const { stdout } = await cli("export", "upon", "--format", "parquet", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      files: [{}, {}, {}].map(() => expect.stringMatching(/(users|samples|scores)\.parquet$/)),
      notes: [expect.stringContaining("stands on a frozen set")],
    });
  });
});

describe("export --format every-eval-ever", () => {
  it("writes one record with a result a method, and an instance a scored answer", async () => {
    const { files } = await exported("every-eval-ever");
    const [record = "", instances = ""] = files;
    expect(record).toMatch(
      /\/data\/apm-bench\/sim\/default\/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.json$/,
    );
    expect(instances).toBe(record.replace(/\.json$/, "_samples.jsonl"));
    const told = JSON.parse(textOf(record));
    expect(told).toMatchObject({ schema_version: "0.3.0", model_info: { id: "sim/default" } });
    const gains = results.methods.map(({ summary, id }) =>
      id === "none" ? summary.meanReward : summary.delta,
    );
    expect(
      told.evaluation_results.map((r: { score_details: { score: number } }) => r.score_details.score),
    ).toEqual(gains);
    const scored = samples.filter(
      ({ reward, difference, method }) => (method === "none" ? reward : difference) !== null,
    );
    const rows = linesOf<{ evaluation: { score: number; is_correct: boolean } }>(instances);
    expect(rows.map(({ evaluation }) => evaluation)).toEqual(
      scored.map(({ method, reward, difference }) => ({
        score: method === "none" ? reward : difference,
        is_correct: (difference ?? 0) > 0,
      })),
    );
    expect(told.detailed_evaluation_results.total_rows).toBe(scored.length);
    expect((await exported("every-eval-ever")).files).toEqual(files);
  });
});

describe("export --format inspect", () => {
  it("writes a log a method, worlds as epochs, with the run's own figures", async () => {
    const { files } = await exported("inspect", "--out", "logs");
    expect(files.length).toBe(results.methods.length);
    for (const [i, file] of files.entries()) {
      expect(file).toMatch(/^logs\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\+00-00_apm-bench-/);
      const log = JSON.parse(textOf(file));
      const { name, summary, id } = results.methods[i] as Results["methods"][number];
      expect(log).toMatchObject({
        version: 2,
        status: "success",
        eval: { task_display_name: name, config: { epochs: 2 } },
      });
      const [first] = log.results.scores;
      expect(first.metrics.mean.value).toBe(id === "none" ? summary.meanReward : summary.delta);
      const own = samples.filter(({ method }) => method === name);
      expect(log.samples.map((s: { id: string; scores: object }) => [s.id, s.scores])).toEqual(
        own.map(({ user, difference, reward, baselineReward }) => [
          user,
          {
            ...(id === "none" || difference === null
              ? {}
              : { gain: { value: difference, metadata: { baselineReward } } }),
            ...(reward === null ? {} : { reward: { value: reward, metadata: { baselineReward } } }),
          },
        ]),
      );
    }
  });
});

describe("export", () => {
  it.each([
    ["no format", ["run"], /--format/],
    [
      "an unknown format",
      ["run", "--format", "xlsx"],
      /Allowed choices are parquet, every-eval-ever, inspect/,
    ],
    ["no run", ["nowhere", "--format", "parquet"], /no run in this folder/],
  ])("of %s is wrong usage", async (_, args, message) => {
    const { code, stderr } = await cli("export", ...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});
