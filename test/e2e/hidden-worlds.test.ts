import { createHash } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Manifest } from "../../src/bundle/manifest.ts";
import type { LeaderboardRecord } from "../../src/studies/leaderboard/record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const SEED = 4_812_907_733_158_201;
const CONFIG = {
  pool: "k2",
  seed: SEED,
  users: { train: 24, validation: 4, test: 12 },
  worlds: 1,
  methods: ["none", "routing", "routing-oracle"],
};
const read = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");
const json = <T>(...path: string[]): T => JSON.parse(read(...path)) as T;
const manifestOf = (set: string): Manifest => json(set, "manifest.json");
const cli = (...args: string[]) => runCli(args, folder);
const done = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await cli(...args);
  expect([code, stderr.includes("error:")], stderr).toEqual([0, false]);
  return stdout;
};

/** Answers every test user in every world. @param label which style */
function writeAnswers(file: string, label: (world: string) => unknown): void {
  const [head, ...users] = read("tasks.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const lines = users
    .filter(({ split }) => split === "test")
    .flatMap(({ user }) => head.worlds.map((world: string) => ({ world, user, label: label(world) })));
  writeFileSync(join(folder, file), lines.map((line) => JSON.stringify(line)).join("\n"));
}

beforeAll(async () => {
  writeFileSync(join(folder, "config.json"), JSON.stringify(CONFIG));
  await done("run", "config.json", "--out", "run");
  await done("data", "freeze", "run", "--out", "set", "--hidden", "3", "--organiser", "organiser");
  await done("data", "tasks", "set", "--out", "tasks.jsonl");
  writeAnswers("follow.jsonl", () => ({ principle: "emotionally neutral", direction: "follow" }));
  writeAnswers("avoid.jsonl", () => ({ principle: "emotionally neutral", direction: "avoid" }));
});

describe("hidden worlds", () => {
  it("are committed to, and drawn from their bits alone", () => {
    const { hidden, worlds } = manifestOf("organiser");
    expect(hidden?.bits?.map((bits) => bits.length)).toEqual([32, 32, 32]);
    const sums = hidden?.bits?.map((bits) =>
      createHash("sha256").update(Buffer.from(bits, "hex")).digest("hex"),
    );
    expect(hidden?.commitments).toEqual(sums);
    expect(manifestOf("set").hidden).toEqual({ commitments: sums });
    expect(worlds).toHaveLength(3);
  });

  it("leave participants nothing that the mapping follows from", () => {
    const told = manifestOf("set");
    expect(told).not.toHaveProperty("worlds");
    const bytes = ["manifest.json", "README.md", "users.parquet", "candidates.parquet", "rewards.parquet"]
      .map((file) => readFileSync(join(folder, "set", file), "latin1"))
      .join("\n");
    // The run's seed, from which attributes follow; attributes; ratings; and names that tell an order.
    expect(bytes).not.toContain(String(SEED));
    expect(bytes).not.toContain("rating: ");
    expect(bytes).not.toMatch(/"side"/);
    expect(bytes).not.toContain("test-00000");
    const tasks = read("tasks.jsonl");
    expect(tasks).toContain('"rewards":{"world-1":');
    expect(tasks).not.toContain("attribute");
  });

  it("cannot be run or scored on by participants, and are not pushed by mistake", async () => {
    expect((await cli("run", "--bundle", "set", "--out", "x")).stderr).toContain(
      "the worlds of this set are hidden",
    );
    expect((await cli("score", "follow.jsonl", "--bundle", "set", "--out", "x")).code).toBe(2);
    expect((await cli("data", "push", "organiser", "hf:owner/name")).stderr).toContain(
      "this is the organiser's set",
    );
  });

  it("are refused where the users are no secret", async () => {
    await done("run", "config.json", "--out", "open", "--seed", "5", "--methods", "none,majority-routing");
    const { stderr, code } = await cli("data", "freeze", "open", "--out", "y", "--hidden", "1");
    expect(code).toBe(2);
    expect(stderr).toContain("the users of this run are no secret");
  });

  it("are scored by the organiser, revealed under the same id, and verified by everybody", async () => {
    const score = ["score", "--bundle", "organiser"];
    await done(...score, "follow.jsonl", "--name", "follow", "--out", "follow", "--received", "2026-01-01");
    await done(...score, "avoid.jsonl", "--name", "avoid", "--out", "avoid", "--received", "2026-03-01");
    await done("run", "--bundle", "organiser", "--out", "own", "--methods", "none,majority-routing");
    await done("data", "reveal", "organiser", "--out", "revealed", "--date", "2026-03-01");
    expect(await done("data", "verify", "set", "revealed")).toContain("as published: 40 users");
    await done("run", "--bundle", "revealed", "--out", "later", "--methods", "none,majority-routing");
    expect(read("later", "samples.jsonl")).toBe(read("own", "samples.jsonl"));

    const page = [
      "leaderboard",
      "follow",
      "avoid",
      "own",
      "later",
      "--out",
      "page",
      "--revealed",
      "revealed",
    ];
    await done(...page);
    const { rows, pairs, revealed, simulated } = json<LeaderboardRecord>("page", "leaderboard.json");
    expect([revealed, simulated]).toEqual(["2026-03-01", true]);
    expect(Object.fromEntries(rows.map(({ method, when }) => [method, when]))).toEqual({
      follow: "before the reveal",
      avoid: "after the reveal",
      "majority routing": undefined,
    });
    const sum = createHash("sha256").update(read("follow.jsonl")).digest("hex");
    expect(rows.find(({ method }) => method === "follow")?.submission?.sha256).toBe(sum);
    expect(pairs).toHaveLength(3);
    const html = read("page", "index.html");
    expect(html).toContain("after the reveal");
    expect(html).toContain("What this prevents, and what it does not.");
    expect(html).not.toMatch(/<(script|link)[^>]+(src|href)="http/);
  });

  it("that were changed are noticed: worlds, and rewards that do not follow from them", async () => {
    cpSync(join(folder, "revealed"), join(folder, "swapped"), { recursive: true });
    const { hidden, worlds, ...manifest } = manifestOf("revealed");
    const changed = { ...manifest, hidden, worlds: [...(worlds ?? [])].reverse() };
    writeFileSync(join(folder, "swapped", "manifest.json"), JSON.stringify(changed));
    expect((await cli("data", "verify", "set", "swapped")).stderr).toContain("not those whose commitments");
    expect((await cli("data", "verify", "organiser", "revealed")).stderr).toContain(
      "is not the reveal of that one",
    );
  });
});

describe("a leaderboard", () => {
  it("joins results on one set alone", async () => {
    expect((await cli("leaderboard", "run", "--out", "p")).stderr).toContain("stand on no frozen set");
    expect((await cli("leaderboard", "follow", "run", "--out", "p")).stderr).toContain(
      "different frozen sets",
    );
  });

  it("takes names as text, whatever they hold", async () => {
    const name = "<img src=x onerror=alert(1)>";
    await done("score", "follow.jsonl", "--bundle", "organiser", "--name", name, "--out", "named");
    await done("leaderboard", "named", "--out", "named-page");
    expect(read("named-page", "index.html")).not.toContain("<img src=x");
  });
});
