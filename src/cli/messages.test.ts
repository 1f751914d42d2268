import { describe, expect, it } from "vitest";
import { memorySystem } from "../../test/support/memory-system.ts";
import { main } from "./main.ts";

async function cli(line: string, files: Readonly<Record<string, string>> = {}) {
  const { system, printed } = memorySystem(files);
  const code = await main(line.split(" "), system);
  return { code, ...printed };
}

describe("a run that is not finished", () => {
  const stages = [
    { stage: "train users", done: 80, total: 80 },
    { stage: "world 1", done: 12, total: 40 },
  ];
  const files = {
    "runs/half/config.json": "{}",
    "runs/half/progress.json": JSON.stringify({ state: "failed", stages }),
  };

  it.each(["report runs/half", "compare runs/half runs/half", "estimate --pilot runs/half"])(
    "%s says that it is not, how far it came, and how to go on",
    async (line) => {
      const { code, stderr } = await cli(line, files);
      expect(code).toBe(2);
      expect(stderr).toContain('this run is not finished: it came to "world 1", 12 of 40');
      expect(stderr).toContain("where: runs/half");
      expect(stderr).toContain("apm-bench run runs/half/config.json");
    },
  );

  it("is another thing than a folder without a run", async () => {
    const { code, stderr } = await cli("report runs/none");
    expect(code).toBe(2);
    expect(stderr).toContain("there is no run in this folder");
  });
});

describe("judges compare", () => {
  /** Scores of one judge on pairs of words, one conversation a line. */
  const scores = (judge: string, pairs: readonly string[]): string =>
    pairs
      .flatMap((pair) =>
        [1, 2, 3, 4].map((i) =>
          JSON.stringify({
            judge,
            pair: pair.split("/"),
            conversation: String(i),
            scores: [i + 1, 9 - i + (i % 2)],
          }),
        ),
      )
      .join("\n");

  it("calls no single judge the best", async () => {
    const { code, stdout, stderr } = await cli("judges compare a.jsonl", {
      "a.jsonl": scores("a", ["warm/cold"]),
    });
    expect(code, stderr).toBe(0);
    expect(stdout).not.toContain("best balanced");
    expect(stdout).toContain("There is no other judge to compare it with.");
  });

  it("calls none the best of judges that rated different pairs", async () => {
    const files = { "a.jsonl": scores("a", ["warm/cold"]), "b.jsonl": scores("b", ["formal/casual"]) };
    const { stdout } = await cli("judges compare a.jsonl b.jsonl", files);
    expect(stdout).not.toContain("best balanced");
    expect(stdout).toContain("0 of 2 are common to all");
  });

  it("calls the best of those that rated the same", async () => {
    const files = { "a.jsonl": scores("a", ["warm/cold"]), "b.jsonl": scores("b", ["warm/cold"]) };
    const { stdout } = await cli("judges compare a.jsonl b.jsonl", files);
    expect(stdout).toContain("is the best balanced");
    expect(stdout).not.toContain("apart");
  });

  it("says of a judge near the middle whatever it is asked that it tells no word from its opposite", async () => {
    const alike = [1, 2, 3, 4].map((i) => ({
      pair: ["warm", "cold"],
      conversation: i,
      scores: [5 + i / 8, 5.5 + i / 9],
    }));
    const files = {
      "a.jsonl": scores("a", ["warm/cold"]),
      "b.jsonl": alike.map((line) => JSON.stringify(line)).join("\n"),
    };
    const { stdout } = await cli("judges compare a.jsonl b.jsonl", files);
    expect(stdout).toMatch(/b is the best balanced/);
    expect(stdout).toMatch(/b does not tell the two words of a pair apart: .* \(mean r 1\.00 /);
    expect(stdout).not.toMatch(/a does not tell/);
  });
});

describe("view --port", () => {
  it.each(["99999", "-1", "3.5"])("%s is refused with the ports that there are", async (port) => {
    const { code, stderr } = await cli(`view --port=${port}`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/write a (port from 0 \(any free one\) to 65535|whole number)/);
    expect(stderr).not.toContain("fault of apm-bench");
  });
});
