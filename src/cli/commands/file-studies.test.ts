import { Command } from "commander";
import { describe, expect, test } from "vitest";
import {
  judgeFiles,
  judges,
  ratingFiles,
  ratings,
  userFiles,
  users,
} from "../../../test/support/made-up-studies.ts";
import { memorySystem } from "../../../test/support/memory-system.ts";
import { runFixture } from "../../../test/support/run-fixture.ts";
import { UsageError } from "../../core/errors.ts";
import { attributesCommand } from "./attributes.ts";
import { judgesCommand } from "./judges.ts";
import { languageCommand } from "./language.ts";

const scores = Object.keys(judgeFiles);
const [matrix, names] = ["ratings.npy", "candidates.json"];
const madeUp = { ...judgeFiles, ...ratingFiles, ...userFiles };

async function run(args: readonly string[], files: Record<string, string> = {}) {
  const world = memorySystem({ ...madeUp, ...files });
  const program = new Command();
  for (const make of [judgesCommand, attributesCommand, languageCommand])
    program.addCommand(make(world.system));
  for (const command of [program, ...program.commands.flatMap((c) => [c, ...c.commands])]) {
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  }
  await program.parseAsync([...args], { from: "user" });
  return world;
}

async function usageError(args: readonly string[], files: Record<string, string> = {}): Promise<UsageError> {
  const error = await run(args, files).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UsageError);
  return error as UsageError;
}

describe("judges compare", () => {
  test("--json prints the contract of rows and overall, and nothing else", async () => {
    const { printed } = await run(["judges", "compare", ...scores, "--json"]);
    const { rows, overall } = JSON.parse(printed.stdout);
    expect(printed.stderr).toBe("");
    expect(rows.length).toBe(judges.rows.length);
    const contract = ["judge", "pair", "n", "meanSum", "sdSum", "balance", "correlation", "pValue"];
    expect(Object.keys(rows[0])).toEqual(expect.arrayContaining(contract));
    expect(Object.keys(overall[0])).toEqual(
      expect.arrayContaining(["judge", "n", "balance", "meanCorrelation"]),
    );
    expect(overall[0].judge).toBe("even");
  });

  test("--out writes record, page, tables and figures; the page stands alone and escapes names", async () => {
    const line = (conversation: number, scores: number[]) =>
      JSON.stringify({ judge: "<b>mine</b>", pair: ["warm", "cold"], conversation, scores });
    const own = [line(1, [9, 2]), line(2, [3, 8]), line(3, [5, 7]), line(4, [8, 2])].join("\n");
    const { written, textOf, printed } = await run(
      ["judges", "compare", "own.jsonl", scores[0]!, "--out", "o"],
      {
        "own.jsonl": own,
      },
    );
    const made = [...written.keys()].filter((path) => path.startsWith("o/")).sort();
    expect(made).toEqual([
      "o/figures/balance.svg",
      "o/figures/correlations.svg",
      "o/figures/sums.svg",
      "o/report.html",
      "o/results.json",
      "o/tables/comparisons.csv",
      "o/tables/comparisons.tex",
      "o/tables/judges.csv",
      "o/tables/judges.tex",
      "o/tables/pairs.csv",
      "o/tables/pairs.tex",
    ]);
    const page = textOf("o/report.html");
    expect(page.match(/<svg/g)?.length).toBeGreaterThanOrEqual(3);
    expect(page).not.toContain("<b>mine</b>");
    expect(page).not.toMatch(/(?:src|href)="https?:/);
    expect(textOf("o/figures/balance.svg")).toContain("&lt;b&gt;mine&lt;/b&gt;: ");
    expect(textOf("o/figures/balance.svg")).toMatch(
      /^<\?xml.*\n<svg[^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/,
    );
    expect(JSON.parse(textOf("o/results.json")).rows.length).toBe(4);
    expect(textOf("o/tables/pairs.csv").split("\r\n").length).toBe(6);
    expect(printed.stdout).toContain("1 of 3 are common to all");
  });

  test("a judge of one conversation is drawn and listed without inventing figures", async () => {
    const own = '{"pair": ["warm", "cold"], "conversation": "c", "scores": [9, 2]}';
    const { textOf, printed } = await run(["judges", "compare", "own.jsonl", "--out", "o"], {
      "own.jsonl": own,
    });
    expect(printed.stdout).toMatch(/own +warm\/cold +1 +11\.00 +0\.00 +0\.00 +– +– +– +–/);
    expect(textOf("o/tables/pairs.csv")).toContain("own,warm/cold,1,11,0,0,,");
    const gap = '{"pair": ["warm", "cold"], "conversation": "c", "scores": [9, null]}';
    const { printed: empty } = await run(["judges", "compare", "own.jsonl", "--out", "o"], {
      "own.jsonl": gap,
    });
    expect(empty.stdout).toContain("nothing to compare");
  });

  test("files of one base name, and a file that is no archive, are wrong usage", async () => {
    expect((await usageError(["judges", "compare", scores[0]!, scores[0]!])).message).toMatch(/two judges/);
    expect((await usageError(["judges", "compare", names])).where).toContain(names);
  });
});

describe("attributes select", () => {
  test("--json prints the contract", async () => {
    const { printed } = await run(["attributes", "select", matrix, "--names", names, "--k", "3", "--json"]);
    const found = JSON.parse(printed.stdout);
    const contract = [
      "kept",
      "removed",
      "ceiling",
      "explainedVariance",
      "eigenvalues",
      "threshold95",
      "solutions",
    ];
    expect(Object.keys(found)).toEqual(expect.arrayContaining(contract));
    expect(found.solutions.map(({ k }: { k: number }) => k)).toEqual([2, 3, 4]);
    const [component] = found.solutions[0].components;
    expect(Object.keys(component)).toEqual(["representative", "sumOfSquaredLoadings", "top"]);
    expect(Object.keys(component.top[0])).toEqual(["name", "loading", "mean", "sd", "entropy"]);
    expect(found.kept).toEqual(ratings.kept);
    expect(found.removed).toEqual(["flat 0", "flat 1"]);
  });

  test("--out writes figures and one table of loadings a solution", async () => {
    const { written, printed } = await run(["attributes", "select", matrix, "--names", names, "--out", "o"]);
    const made = [...written.keys()];
    const figures = ["o/figures/scree.svg", "o/figures/map.svg"];
    expect(made).toEqual(expect.arrayContaining([...figures, "o/tables/loadings-k4.csv", "o/report.html"]));
    expect(printed.stdout).toContain("Ceiling: 4 components");
  });

  test("a pool is saved side by side, from ratings that name their columns", async () => {
    const rows = Array.from(
      { length: 30 },
      (_, i) => `c${i},${1 + (i % 10)},${10 - (i % 10)},${1 + ((i * 7) % 10)}`,
    );
    const files = {
      "r.csv": ["id,calm,frantic,polite", ...rows].join("\n"),
      "n.json": '["calm", "frantic", "polite"]',
    };
    const args = ["attributes", "select", "r.csv", "--names", "n.json", "--k", "2", "--save-pool", "p.json"];
    const first = await run([...args, "--side", "attributes"], files);
    const attributes = JSON.parse(first.textOf("p.json")).attributes;
    expect(attributes.length).toBe(2);
    expect(first.printed.stderr).toContain("2 attributes and no principles");
    const both = await run(args, { ...files, "p.json": first.textOf("p.json") });
    expect(Object.keys(JSON.parse(both.textOf("p.json")))).toEqual(["attributes", "principles"]);
    expect(both.printed.stderr).toContain("a whole pool of 2");
  });

  test.each([
    ["no names", [matrix], /14 columns have no names/],
    ["another number of names", [matrix, "--names", "n.json"], /2 names for 14 columns/],
    ["an unknown kind of file", ["r.txt"], /kind of file/],
    ["a pool without k", [matrix, "--names", names, "--save-pool", "p.json"], /not said/],
    ["k above the number of candidates", [matrix, "--names", names, "--k", "13"], /13 components/],
    ["no such file", ["absent.npy", "--names", names], /no such file/],
  ])("%s is wrong usage", async (_, args, message) => {
    const error = await usageError(["attributes", "select", ...args], {
      "n.json": '["a", "b"]',
      "r.txt": "",
    });
    expect(error.message).toMatch(message);
  });
});

describe("language", () => {
  test("prints the marks of the wanted attribute and says what it is set against", async () => {
    const { printed } = await run(["language", "users.jsonl", "--attribute", "enthusiastic", "--top", "3"]);
    const [[strongest, z]] = users.enthusiastic.rows as [[string, number]];
    expect(strongest).toBe("!");
    expect(printed.stdout).toMatch(new RegExp(`enthusiastic +! +${z.toFixed(1)}`));
    expect(printed.stdout).toContain("set against all users without the attribute: enthusiastic");
    expect(printed.stdout).not.toContain("SIMULATED");
  });

  test("--out writes all n-grams of each attribute and a figure; --json has them too", async () => {
    const { textOf, printed } = await run(["language", "users.jsonl", "--out", "o", "--json"]);
    const { attributes, simulated } = JSON.parse(printed.stdout);
    expect(simulated).toBe(false);
    expect(attributes.length).toBe(3);
    const lines = textOf("o/tables/ngrams-enthusiastic.csv").trimEnd().split("\r\n");
    expect(lines.length).toBe(attributes[0].ngrams.length + 1);
    expect(textOf("o/figures/ngrams-unpolished.svg")).toContain("<svg");
  });

  test("users of a simulated run are shown as simulated, everywhere", async () => {
    const user = (name: string, side: string, text: string) =>
      JSON.stringify({
        user: name,
        attributes: [{ attribute: "calm", side }],
        history: [text],
        prompt: text,
      });
    const files = {
      "r/users.jsonl": [user("a", "follow", "take your time"), user("b", "avoid", "quick, now!")].join("\n"),
      "r/results.json": JSON.stringify(runFixture({ users: 2, worlds: 1 }).results),
    };
    const { printed, textOf } = await run(["language", "r", "--min-conversations", "1", "--out", "o"], files);
    expect(printed.stdout).toMatch(/^SIMULATED/);
    expect(textOf("o/report.html")).toContain("SIMULATED");
    expect(JSON.parse(textOf("o/results.json")).simulated).toBe(true);
  });

  test("an attribute that nobody has is wrong usage, and so are silly numbers", async () => {
    expect((await usageError(["language", "users.jsonl", "--attribute", "grumpy"])).remedy).toContain(
      "enthusiastic",
    );
    await expect(run(["language", "users.jsonl", "--max-n", "0"])).rejects.toThrow(/whole number from 1/);
    await expect(run(["language", "users.jsonl", "--prior", "-1"])).rejects.toThrow(/above 0/);
  });
});
