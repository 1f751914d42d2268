import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { consoleWatcher } from "./progress.ts";

const TOTALS = { calls: 236_474, cacheHits: 0, tokens: 79_462_227, costUsd: 12.5 };

function watched({ columns, cacheHits = 0 }: { columns?: number; cacheHits?: number } = {}) {
  const written: string[] = [];
  let time = 0;
  let { calls } = TOTALS;
  const system = {
    isTerminal: columns !== undefined,
    columns: () => columns,
    stderr: (text: string) => written.push(text),
  };
  const watch = consoleWatcher(system, () => time)(() => ({ ...TOTALS, calls, cacheHits }));
  const work = (ms: number, done: number): void => {
    time += ms;
    watch.observe({ type: "progress", stage: "world 1", done, total: 2_700 });
  };
  watch.observe({ type: "stage", stage: "world 1", total: 2_700, unit: "answers" });
  const answer = (count: number): number => (calls += count);
  return { watch, work, written, answer, pass: (ms: number) => (time += ms) };
}

describe("the progress line", () => {
  it.each([20, 40, 60, 100, 200])(
    "fits a terminal of %i columns, and says most important things first",
    (columns) => {
      const { watch, work, written } = watched({ columns });
      for (let i = 0; i < 5; i++) work(1_000, 300);
      for (const line of written) {
        const [, shown = ""] = line.split("\u001b[2K");
        expect(stringWidth(shown)).toBeLessThan(columns);
        expect("world 1: 1,500/2,700 answers".startsWith(shown.slice(0, 8))).toBe(true);
      }
      expect(written.length).toBe(5);
      watch.end();
    },
  );

  it("says what is counted, and explains once what comes from the store", () => {
    const { watch, work, written } = watched({ cacheHits: 7 });
    work(11_000, 1_629);
    expect(written[0]).toMatch(/^world 1: 1,629\/2,700 answers · 148\/s · .*7 from store/);
    watch.observe({ type: "stage", stage: "world 2", total: 1 });
    watch.end();
    expect(written.filter((line) => line.startsWith("(from store: "))).toHaveLength(1);
  });

  it("tells a slow model, whose answers come, from one that gives none", () => {
    const { watch, work, pass, answer, written } = watched();
    work(1_000, 10);
    pass(30_000);
    answer(6);
    watch.observe({ type: "stage", stage: "world 2", total: 5 });
    expect(written.at(-1)).toContain("at work: 6 answers in 30 s");
    expect(written.at(-1)).toMatch(/ left/);
    pass(25_000);
    watch.end();
    expect(written.at(-1)).toContain("nothing done for 25 s: models are waited for, or trained");
  });

  it("is written once for the last thing done, where lines stay", () => {
    const { watch, work, written } = watched();
    work(12_000, 2_700);
    watch.end();
    expect(written.filter((line) => line.includes("2,700/2,700"))).toHaveLength(1);
  });

  it("says for how long nothing has been done", () => {
    const { watch, work, pass, written } = watched();
    work(1_000, 10);
    pass(42_000);
    watch.end();
    expect(written.at(-1)).toContain("nothing done for 42 s: models are waited for, or trained");
    expect(written.at(-1)).not.toMatch(/ left|\/s/);
  });
});
