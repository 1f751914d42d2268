import type { Config } from "../../core/config/resolved.ts";
import { canonicalJson } from "../../core/hash.ts";
import type { System } from "../../core/ports/system.ts";
import type { CallCount } from "../../pipeline/estimate-calls.ts";
import { whole } from "../../report/format.ts";
import { left, right, textTable } from "../../report/table.ts";
import { sumOf } from "../../statistics/descriptive.ts";
import { BASES } from "../../studies/reproduce/grid.ts";
import type { TargetCell } from "../../studies/reproduce/record.ts";
import type { PlannedRun } from "./reproduce.ts";
import { inGridOrder, type ReproducePlan, type ReproduceSettings } from "./reproduce-cells.ts";
import { finishedCell } from "./sweep-cells.ts";

const ROLES = ["rewriter", "candidate", "base", "judge"] as const;
type Role = (typeof ROLES)[number];
type Calls = Readonly<Record<Role, number>>;

interface EstimatedCell {
  readonly target: TargetCell["target"];
  readonly base: string;
  readonly setting: string;
  readonly state: "finished" | "missing" | "the same run as above" | "left out";
  readonly reason: string | null;
  readonly users: Pick<Config["users"], "train" | "validation" | "test"> | null;
  readonly worlds: number | null;
  /** That no cell above pays already for these users; stored calls of earlier runs are not subtracted. */
  readonly calls: Calls;
}

export interface ReproduceEstimate {
  readonly cells: readonly EstimatedCell[];
  readonly total: Calls & { readonly all: number };
}

const NONE: Calls = { rewriter: 0, candidate: 0, base: 0, judge: 0 };

/**
 * The calls of every cell, those for users, candidates and ratings counted once for cells of the same users: of nested
 * train sets and longer histories what goes beyond the largest before. Answers that methods of two cells share are counted
 * in both.
 */
export function reproduceEstimate(
  system: System,
  { target }: ReproduceSettings,
  { leftOut }: ReproducePlan,
  runs: readonly PlannedRun[],
): ReproduceEstimate {
  const made = new Map<string, number>();
  const cells = runs.flatMap(({ run, cells: of, calls }) => {
    const isFinished = finishedCell(system, run) !== undefined;
    const anew = beyond(made, run.config, calls);
    const { users, worlds } = run.config;
    const { train, validation, test } = users;
    return of.map(({ cell }, i): EstimatedCell => {
      const state = isFinished ? "finished" : i > 0 ? "the same run as above" : "missing";
      return {
        ...{ target: cell.target, base: BASES[cell.base].name, setting: cell.setting, state, reason: null },
        users: { train, validation, test },
        worlds: worlds.length,
        calls: state === "missing" ? anew : NONE,
      };
    });
  });
  const all = [
    ...cells,
    ...leftOut.map(
      ({ target: of, base, setting, reason }): EstimatedCell => ({
        ...{ target: of, base, setting, state: "left out", reason, users: null, worlds: null, calls: NONE },
      }),
    ),
  ];
  const total = callsBy((role) => sumOf(all, ({ calls }) => calls[role]));
  return {
    cells: inGridOrder(target, all),
    total: { ...total, all: sumOf([...ROLES], (role) => total[role]) },
  };
}

/** What decides who the users are and what a role is asked about them. */
function usersOf(
  { pool, activeAttributes, users, conversations, models, judge, styles, seed }: Config,
  role: Role,
): string {
  const { train: _, validation: __, test: ___, ...drawn } = users;
  const { base, rewriter, candidate, judge: judging } = models;
  const asked = [rewriter, candidate, judging, judge, styles ?? {}, role === "base" ? base : {}];
  return canonicalJson([role, pool, activeAttributes, drawn, conversations, seed, ...asked]);
}

/** A cell's calls beyond those that were made for the same users. @param made for whom how many, kept up here */
function beyond(made: Map<string, number>, config: Config, counts: readonly CallCount[]): Calls {
  return callsBy((role) => {
    const own = counts.filter((count) => count.role === role);
    const sum = (ofUsers: boolean): number =>
      sumOf(
        own.filter((count) => (count.ofUsers ?? false) === ofUsers),
        ({ calls }) => calls,
      );
    const users = usersOf(config, role);
    const known = made.get(users) ?? 0;
    made.set(users, Math.max(known, sum(true)));
    return Math.max(0, sum(true) - known) + Math.round(sum(false));
  });
}

const callsBy = (count: (role: Role) => number): Calls => ({
  rewriter: count("rewriter"),
  candidate: count("candidate"),
  base: count("base"),
  judge: count("judge"),
});

/** For a terminal. */
export function shownReproduceEstimate({ cells, total }: ReproduceEstimate): string {
  const table = textTable({
    columns: [
      left("target"),
      left("base LLM"),
      left("setting"),
      right("train"),
      right("test"),
      right("worlds"),
      ...ROLES.map((role) => right(role)),
      { ...left("state"), wraps: true },
    ],
    rows: [
      ...cells.map((cell) => [
        cell.target,
        cell.base,
        cell.setting,
        cell.users === null ? "–" : whole(cell.users.train),
        cell.users === null ? "–" : whole(cell.users.test),
        cell.worlds === null ? "–" : whole(cell.worlds),
        ...ROLES.map((role) => whole(cell.calls[role])),
        cell.reason === null ? cell.state : `${cell.state}: ${cell.reason}`,
      ]),
      ["all", "", "", "", "", "", ...ROLES.map((role) => whole(total[role])), ""],
    ],
  });
  return `${[
    table,
    `${whole(total.all)} calls, as expected. Users, candidates and ratings that cells share are counted once, in the first of them; answers of methods in every cell, though some are the same.`,
    "Calls that the directory has stored already are not subtracted, but those of finished cells. Tokens and cost of one cell: apm-bench estimate --preset paper.",
  ].join("\n")}\n`;
}
