import { UsageError } from "../../core/errors.ts";
import type { MethodResult, PairResult } from "../../core/run-record.ts";
import { simulatedInAny } from "../../core/simulated.ts";
import { VERSION } from "../../core/version.ts";
import { isCompared, roleOf } from "../../methods/about.ts";
import { holm } from "../../statistics/correction.ts";
import { type CrossedCells, infer } from "../../statistics/crossed.ts";
import { meanOverWorlds } from "../../statistics/linearised.ts";
import { verdictOf } from "../../statistics/verdict.ts";
import type { ComparableRun } from "../compare-runs.ts";
import { LIMITS } from "./limits.ts";
import { LEADERBOARD_SCHEMA, type LeaderboardRecord, type LeaderboardRow } from "./record.ts";

/** A finished run, and where it lies. */
export interface JoinedRun extends ComparableRun {
  readonly folder: string;
}

/** A method with its difference to the plain answer in each cell; NaN where there is none. */
interface Joined {
  readonly run: JoinedRun;
  readonly method: MethodResult;
  readonly name: string;
  readonly cells: CrossedCells;
}

/**
 * Results on one frozen set side by side, by the one inference. Each method is compared with the plain answers of its own base
 * LLM; what the same in two results is (the set's own methods) is taken once.
 * @param revealed ISO date of the reveal of the set's worlds, if there was one
 * @throws UsageError for results on different sets, worlds or users, or by different judges
 */
export function joinResults(runs: readonly JoinedRun[], revealed?: string): LeaderboardRecord {
  const [first] = runs;
  if (first === undefined) throw new UsageError("there are no results to join", { where: "leaderboard" });
  const bundle = sameIn(runs, "frozen sets", ({ results }) => results.config.bundle?.id ?? "none");
  if (bundle === "none") {
    throw new UsageError("these results stand on no frozen set", {
      where: first.folder,
      remedy: "freeze a run with `apm-bench data freeze`, and give results of runs on the set",
    });
  }
  const judge = sameIn(runs, "judges", ({ results }) => results.models.judge.identity);
  sameIn(runs, "worlds", ({ results }) => results.worlds.map(({ seed }) => seed).join(", "));
  const worlds = first.results.worlds.map(({ seed }) => seed);
  const users = usersOf(first);
  sameIn(runs, "test users", (run) => usersOf(run).join(" "));

  const joined = distinct(
    runs.flatMap((run) =>
      run.results.methods.filter(isCompared).map((method): Joined => {
        const { name } = method;
        return { run, method, name, cells: cellsOf(run, name, worlds, users) };
      }),
    ),
  );
  const { margin } = first.results.config.statistics;
  return {
    schema: LEADERBOARD_SCHEMA,
    version: VERSION,
    ...simulatedInAny(runs.map(({ results }) => results)),
    bundle,
    judge: judge && first.results.models.judge.id,
    users: users.length,
    worlds: worlds.length,
    ...(revealed === undefined ? {} : { revealed }),
    rows: rowsOf(joined, margin, revealed),
    pairs: pairsOf(joined.filter(({ method }) => roleOf(method) !== "oracle")),
    limits: LIMITS,
  };
}

/** @throws UsageError where results differ in what has to be the same */
function sameIn(runs: readonly JoinedRun[], what: string, of: (run: JoinedRun) => string): string {
  const [first, ...others] = runs as readonly [JoinedRun, ...JoinedRun[]];
  const other = others.find((run) => of(run) !== of(first));
  if (other === undefined) return of(first);
  throw new UsageError(`these results have different ${what}, and cannot stand on one page`, {
    where: `${first.folder}, ${other.folder}`,
    remedy: "join results on one frozen set, with its judge, its worlds and its test users",
  });
}

const usersOf = ({ differences }: JoinedRun): string[] => {
  const [worlds] = differences.values();
  const [users] = worlds?.values() ?? [];
  return [...(users?.keys() ?? [])].sort();
};

function cellsOf(
  { differences }: JoinedRun,
  method: string,
  worlds: readonly number[],
  users: readonly string[],
): CrossedCells {
  const values = new Float64Array(users.length * worlds.length).fill(Number.NaN);
  for (const [w, world] of worlds.entries()) {
    const own = differences.get(method)?.get(world);
    for (const [u, user] of users.entries()) values[u * worlds.length + w] = own?.get(user) ?? Number.NaN;
  }
  return { users: users.length, worlds: worlds.length, values };
}

/** The same method on the same base LLM with the same figures stands once; others of one name get that of their folder. */
function distinct(all: readonly Joined[]): Joined[] {
  const kept: Joined[] = [];
  for (const one of all) {
    const namesakes = kept.filter(({ method }) => method.name === one.method.name);
    if (namesakes.some((other) => isSame(one, other))) continue;
    const isTaken = namesakes.length > 0;
    kept.push(isTaken ? { ...one, name: `${one.method.name} (${one.run.folder})` } : one);
  }
  return kept;
}

const isSame = (a: Joined, b: Joined): boolean =>
  a.run.results.models.base.identity === b.run.results.models.base.identity &&
  a.cells.values.every((value, i) => Object.is(value, b.cells.values[i]));

function rowsOf(joined: readonly Joined[], margin: number, revealed: string | undefined): LeaderboardRow[] {
  const found = joined.map(({ cells }) => infer(meanOverWorlds(cells)));
  const adjusted = holm(
    joined.map(({ method }, i) => (roleOf(method) === "method" ? (found[i]?.pValue ?? null) : null)),
  );
  const rows = joined.map(({ run, method, name, cells }, i): LeaderboardRow => {
    const finding = {
      delta: meanOverWorlds(cells)?.estimate ?? null,
      deltaCi95: found[i]?.ci95 ?? null,
      pValue: found[i]?.pValue ?? null,
      pValueAdjusted: adjusted[i] ?? null,
    };
    const submission = run.results.submission?.method === method.name ? run.results.submission : undefined;
    return {
      ...{ method: name, id: method.id, role: roleOf(method) as LeaderboardRow["role"] },
      base: run.results.models.base.id,
      ...finding,
      verdict: verdictOf(finding, margin),
      ...{ win: method.summary.win, loss: method.summary.loss, missing: method.summary.missing },
      ...(submission && { submission: { sha256: submission.sha256, received: submission.received } }),
      ...(submission && revealed !== undefined && { when: whenOf(submission.received, revealed) }),
    };
  });
  return rows.sort((a, b) => (b.delta ?? -Infinity) - (a.delta ?? -Infinity));
}

/** ISO dates compare as texts. Whoever answers on the day of the reveal may have seen it. */
const whenOf = (received: string, revealed: string): LeaderboardRow["when"] & string =>
  received < revealed.slice(0, 10) ? "before the reveal" : "after the reveal";

function pairsOf(joined: readonly Joined[]): PairResult[] {
  const pairs = joined.flatMap((a, i) =>
    joined.slice(i + 1).map((b): PairResult => {
      const values = a.cells.values.map((value, at) => value - (b.cells.values[at] as number));
      const mean = meanOverWorlds({ ...a.cells, values });
      const found = infer(mean);
      return {
        ...{ a: a.name, b: b.name, difference: mean?.estimate ?? null, ci95: found?.ci95 ?? null },
        standardError: found?.standardError ?? null,
        degreesOfFreedom: found?.degreesOfFreedom ?? null,
        pValue: found?.pValue ?? null,
        pValueAdjusted: null,
        cells: values.reduce((n, d) => n + (Number.isNaN(d) ? 0 : 1), 0),
      };
    }),
  );
  const adjusted = holm(pairs.map((pair) => pair.pValue));
  return pairs.map((pair, i) => ({ ...pair, pValueAdjusted: adjusted[i] ?? null }));
}
