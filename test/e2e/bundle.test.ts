import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Manifest } from "../../src/bundle/manifest.ts";
import type { Results } from "../../src/core/run-record.ts";
import { run as runInProcess } from "../../src/index.ts";
import { runCli } from "../support/run-cli.ts";

const folder = mkdtempSync(join(tmpdir(), "apm-bundle-"));
const CONFIG = {
  pool: "k2",
  users: { train: 24, validation: 4, test: 10 },
  worlds: 2,
  methods: ["none", "routing", "routing-oracle", "rag-summary", "random-routing"],
};
const read = (path: string): string => readFileSync(join(folder, path), "utf8");
const json = <T>(path: string): T => JSON.parse(read(path)) as T;

async function cli(...args: string[]) {
  const result = await runCli(args, folder);
  return { ...result, said: result.stdout + result.stderr };
}

/** The set with something changed. */
function changed(name: string, change: (path: string) => void): string {
  cpSync(join(folder, "set.apm"), join(folder, name), { recursive: true });
  change(join(folder, name));
  return name;
}

beforeAll(async () => {
  writeFileSync(join(folder, "config.json"), JSON.stringify(CONFIG));
  expect((await cli("run", "config.json", "--out", "run")).code).toBe(0);
  const { code, stdout } = await cli("data", "freeze", "run", "--out", "set.apm", "--licence", "CC0-1.0");
  expect(code).toBe(0);
  expect(stdout).toContain("SIMULATED: rewriter, candidate, base, judge");
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a frozen set", () => {
  it("run elsewhere gives the same bytes, and pays for none of its users, candidates and ratings", async () => {
    expect((await cli("run", "--bundle", "set.apm", "--out", "again")).code).toBe(0);
    for (const file of ["samples.jsonl", "users.jsonl"])
      expect(read(`again/${file}`)).toBe(read(`run/${file}`));
    const { usage: _, config: before, ...first } = json<Results>("run/results.json");
    const { usage, config, ...second } = json<Results>("again/results.json");
    expect(second).toEqual(first);
    const { bundle, ...same } = config;
    expect(same).toEqual(before);
    expect(bundle?.id).toMatch(/^[0-9a-f]{64}$/);
    // Answers that are candidates, plain ones and their scores are known; RAG-Summary's own are not.
    const calls = Object.fromEntries(usage.map((row) => [row.role, row.calls]));
    expect(calls).toMatchObject({ candidate: 0, rewriter: 0, judge: 0 });
    expect(calls.base).toBeGreaterThan(0);
  });

  it("holds scores in tenths of a judge that saw the prompt, and instructions to avoid", async () => {
    const judge = { scale: 100, mapping: "tenth", sees: "prompt-and-answer" };
    const own = {
      ...CONFIG,
      judge,
      styles: { avoid: "avoid" },
      users: { ...CONFIG.users, attributes: "random" },
    };
    writeFileSync(join(folder, "tenths.json"), JSON.stringify(own));
    expect((await cli("run", "tenths.json", "--out", "tenths")).code).toBe(0);
    expect((await cli("data", "freeze", "tenths", "--out", "tenths.apm")).code).toBe(0);
    const { code, said } = await cli("run", "--bundle", "tenths.apm", "--out", "tenths-again");
    expect(code, said).toBe(0);
    expect(read("tenths-again/samples.jsonl")).toBe(read("tenths/samples.jsonl"));
    const { usage, config } = json<Results>("tenths-again/results.json");
    expect(config).toMatchObject({ judge, styles: own.styles, users: own.users });
    const calls = Object.fromEntries(usage.map((row) => [row.role, row.calls]));
    expect(calls).toMatchObject({ candidate: 0, rewriter: 0, judge: 0 });
    const seeing = await cli("run", "--bundle", "tenths.apm", "--out", "x", "--set", "judge.sees=answer");
    expect(seeing.said).toContain("another judge than that of the frozen set");
    const linear = ["--set", "judge.mapping=linear", "--other-judge"];
    const other = await cli("run", "--bundle", "tenths.apm", "--out", "x", ...linear);
    expect(other.said).toContain("the frozen set decides judge.mapping");
    const wording = await cli(
      "run",
      "--bundle",
      "tenths.apm",
      "--out",
      "x",
      "--set",
      "styles.avoid=opposite",
    );
    expect(wording.said).toContain("the frozen set decides styles");
  });

  it("goes on from its own config.json, and takes other methods and fewer users", async () => {
    const fewer = ["--set", "users.train=12", "--set", "users.test=6", "--methods", "none,majority-routing"];
    const { code } = await cli("run", "again/config.json", "--out", "fewer", ...fewer);
    expect(code).toBe(0);
    const { users, methods } = json<Results>("fewer/results.json");
    expect([users.train, users.test, methods.length]).toEqual([12, 6, 2]);
    const lines = read("fewer/users.jsonl").trim().split("\n");
    expect(lines).toEqual(read("run/users.jsonl").split("\n").slice(0, 6));
    expect(
      (await cli("run", "--bundle", "set.apm", "--out", "more", "--set", "users.test=11")).said,
    ).toContain("the frozen set has 10 test users, 11 are wanted");
  });

  it.each([
    ["one changed byte of a rating", "candidates.parquet"],
    ["one changed byte of a user", "users.parquet"],
    ["one changed byte of an answer", "answers.parquet"],
  ])("with %s is refused", async (_, file) => {
    const set = changed(`changed-${file}`, (path) => {
      const bytes = readFileSync(join(path, file));
      bytes[Math.floor(bytes.length / 2)]! ^= 1;
      writeFileSync(join(path, file), bytes);
    });
    const { code, said } = await cli("run", "--bundle", set, "--out", "refused");
    expect(code).toBe(2);
    expect(said).toContain(`${file}`);
    expect(said).toContain("its contents have changed");
  });

  it("is another one when its manifest was changed to fit, which a pinned run notices", async () => {
    const set = changed("other", (path) => {
      const manifest = json<Manifest>(join("set.apm", "manifest.json"));
      writeFileSync(join(path, "manifest.json"), JSON.stringify({ ...manifest, name: "another" }));
    });
    const { code, said } = await cli("run", "again/config.json", "--bundle", set, "--out", "refused");
    expect(code).toBe(2);
    expect(said).toContain("another frozen set stands there");
  });

  it("refuses another judge, unless told, and what it decides itself", async () => {
    const other = ["run", "--bundle", "set.apm", "--out", "judged", "--judge", "sim:weak"];
    const refused = await cli(...other);
    expect(refused.code).toBe(2);
    expect(refused.said).toContain("another judge than that of the frozen set");
    expect((await cli(...other, "--other-judge")).code).toBe(0);
    const results = json<Results>("judged/results.json");
    expect(results.usage.find((row) => row.role === "judge")?.calls).toBeGreaterThan(0);
    expect(results.config.bundle?.otherJudge).toBe(true);
    for (const set of ["seed=5", "pool=k4", "historyLength=1", "models.rewriter.maxTokens=50"]) {
      const { code, said } = await cli("run", "--bundle", "set.apm", "--out", "r", "--set", set);
      expect([code, set, said.includes(`the frozen set decides`)]).toEqual([2, set, true]);
    }
  });

  it("takes no address, key, file or code from a stranger's manifest", async () => {
    const set = changed("evil", (path) => {
      const { config, ...manifest } = json<Manifest>(join("set.apm", "manifest.json"));
      const base = { ...config.models.base, baseUrl: "http://evil.example/v1", apiKeyEnv: "SECRET" };
      const methods = [
        ...config.methods,
        { id: "external", url: "http://evil.example/" },
        { id: "mine", object: { file: "/tmp/evil.ts", version: "1" } },
      ];
      const evil = { ...manifest, config: { ...config, models: { ...config.models, base }, methods } };
      writeFileSync(join(path, "manifest.json"), JSON.stringify(evil));
    });
    const { code, stdout } = await cli("config", "--bundle", set, "--json");
    expect(code).toBe(0);
    expect(stdout).not.toContain("evil.example");
    expect(stdout).not.toContain("SECRET");
    expect(stdout).not.toContain("evil.ts");
    for (const [name, value] of [
      ["files", { users: { sha256: "0".repeat(64), bytes: 1, rows: 1 }, "../../x": {} }],
      ["users", { train: -1 }],
    ] as const) {
      const bad = changed(`bad-${name}`, (path) => {
        const manifest = json<Manifest>(join("set.apm", "manifest.json"));
        writeFileSync(join(path, "manifest.json"), JSON.stringify({ ...manifest, [name]: value }));
      });
      expect((await cli("run", "--bundle", bad, "--out", "r")).said).toContain(
        "this manifest has another form",
      );
    }
  });

  it("serves a program, an estimate and studies beside a run on it", async () => {
    await runInProcess({ bundle: "set.apm", out: "library" }, { cwd: folder });
    expect(read("library/samples.jsonl") === read("run/samples.jsonl")).toBe(true);
    const { code, stdout } = await cli("estimate", "--bundle", "set.apm", "--json");
    expect(code).toBe(0);
    const rows: { role: string; asks: number }[] = JSON.parse(stdout).rows;
    const asks = Object.fromEntries(rows.map((row) => [row.role, row.asks]));
    expect(asks).toMatchObject({ rewriter: 0, candidate: 0 });
    expect((await cli("rejudge", "again", "--judge", "sim:weak", "--out", "rejudged")).code).toBe(0);
    expect((await cli("audit", "again")).code).toBe(0);
  });

  it("is made of finished runs whose store is whole, and never of a run on a set", async () => {
    expect((await cli("data", "freeze", "again", "--out", "x")).said).toContain(
      "stands on a frozen set already",
    );
    cpSync(join(folder, "run"), join(folder, "emptied"), { recursive: true });
    for (const file of ["calls.sqlite", "calls.sqlite-wal", "calls.sqlite-shm"])
      rmSync(join(folder, "emptied", file), { force: true });
    const { code, said } = await cli("data", "freeze", "emptied", "--out", "x");
    expect(code).toBe(2);
    expect(said).toContain("has not all that its users were made from");
    expect((await cli("run", "--bundle", "run", "--out", "r")).said).toContain(
      "no frozen set in this folder",
    );
  });

  it("has a card that says what it is and that it is simulated", () => {
    const card = read("set.apm/README.md");
    expect(card).toContain("license: cc0-1.0");
    expect(card).toContain("**SIMULATED** (rewriter, candidate, base, judge)");
    expect(card).toContain("24 train, 4 validation and 10 test users");
  });
});
