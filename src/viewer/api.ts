import { haveSameUsers } from "../studies/same-users.ts";
import type {
  Comparison,
  JudgeOutput,
  Overview,
  RunHead,
  ShownText,
  UserDetail,
  UserPage,
} from "./api-types.ts";
import { compareSides, type WholeComparison } from "./comparison.ts";
import { finishedOverview, viewerFile } from "./made-of-run.ts";
import { choice, count, RequestError, seed, signedName, text } from "./parameters.ts";
import { NEXT_PIECE, pieceOf } from "./shown-text.ts";
import { sampleOf, userDetail, userRecord } from "./user-detail.ts";
import { listUsers, meansSoFar, SORTS, type Sort } from "./user-list.ts";
import type { ViewedRun } from "./viewed-run.ts";

/** Rows a page may ask for. */
const MOST_ROWS = 500;

/** The answer for two runs whose users or worlds differ. */
const UNPAIRED: Comparison = {
  ...{ isPaired: false, pairs: 0, deltaA: null, deltaB: null, change: null, changeCi95: null },
  ...{ better: 0, even: 0, worse: 0, total: 0, offset: 0, rows: [] },
};

/** What the page asks for, by name; all of it is read from the run directories. */
export interface ViewerApi {
  runs(): RunHead[];
  overview(query: URLSearchParams): Overview;
  users(query: URLSearchParams): UserPage;
  user(query: URLSearchParams): UserDetail;
  text(query: URLSearchParams): ShownText;
  judge(query: URLSearchParams): JudgeOutput;
  compare(query: URLSearchParams): Comparison;
}

export function viewerApi(runs: readonly ViewedRun[]): ViewerApi {
  const compared = remembered<WholeComparison>(8);
  const side = (query: URLSearchParams, name: "a" | "b") => {
    const [id, ...rest] = text(query, name).split(":");
    const run = runs[Number(id)];
    if (run === undefined) throw new RequestError(404, "there is no such run");
    return { run, method: rest.join(":") };
  };
  return {
    runs: () => runs.map((run) => run.head()),
    overview(query) {
      const run = runOf(runs, query);
      const results = run.results();
      return {
        head: run.head(),
        progress: run.progress(),
        indexed: run.index.indexed,
        finished: results === null ? null : finishedOverview(results),
        soFar: results === null ? meansSoFar(run.index.db) : [],
      };
    },
    users(query) {
      const run = runOf(runs, query);
      const attribute = signedName(query, "attribute");
      const page = listUsers(run.index.db, {
        method: text(query, "method"),
        world: seed(query, "world"),
        search: query.get("search") ?? "",
        attribute: attribute === null ? null : { name: attribute.name, side: attribute.direction },
        principle: signedName(query, "principle"),
        sort: choice(query, "sort", Object.keys(SORTS) as Sort[], "worst"),
        offset: count(query, "offset", 0, Number.MAX_SAFE_INTEGER),
        limit: count(query, "limit", 50, MOST_ROWS),
      });
      return { ...page, indexed: run.index.indexed };
    },
    user(query) {
      const run = runOf(runs, query);
      const detail = userDetail(run.index, text(query, "user"), worldOf(run, query));
      if (detail === null) throw new RequestError(404, "this user has no answer in this world (yet)");
      return detail;
    },
    text(query) {
      const whole = wholeText(runOf(runs, query), query);
      return pieceOf(whole, count(query, "from", 0, whole.length), NEXT_PIECE);
    },
    judge(query) {
      const run = runOf(runs, query);
      const results = run.results();
      if (results === null)
        throw new RequestError(404, "the judge's words can be read once the run has ended");
      const draw = results.methods.find(({ name }) => name === query.get("method"))?.draw ?? "first";
      const prompt = userRecord(run.index, text(query, "user"))?.prompt ?? null;
      const judged = { text: wholeText(run, query), prompt };
      return run.judge.outputs(results, judged, text(query, "principle"), draw);
    },
    compare(query) {
      const [a, b] = [side(query, "a"), side(query, "b")];
      if (!haveSameUsers(a.run.config(), b.run.config())) return UNPAIRED;
      const key = `${a.run.id}:${a.method} ${b.run.id}:${b.method} ${a.run.index.indexed} ${b.run.index.indexed}`;
      const whole = compared(key, () =>
        compareSides({ db: a.run.index.db, method: a.method }, { db: b.run.index.db, method: b.method }),
      );
      const known = whole.rows.filter((r) => r.change !== null);
      const rows = choice(query, "sort", ["worst", "best"], "worst") === "worst" ? known : known.toReversed();
      const offset = count(query, "offset", 0, rows.length);
      const limit = count(query, "limit", 50, MOST_ROWS);
      return {
        ...whole,
        isPaired: true,
        total: rows.length,
        offset,
        rows: rows.slice(offset, offset + limit),
      };
    },
  };
}

/** A file that the page offers, by its name. */
export function fileOf(
  runs: readonly ViewedRun[],
  query: URLSearchParams,
): { type: string; content: string } {
  const results = runOf(runs, query).results();
  if (results === null) throw new RequestError(404, "the run has not ended yet");
  const file = viewerFile(results, text(query, "name"), query.has("inline"));
  if (file === undefined) throw new RequestError(404, "there is no such file");
  return file;
}

function runOf(runs: readonly ViewedRun[], query: URLSearchParams): ViewedRun {
  const run = runs[count(query, "run", 0, Number.MAX_SAFE_INTEGER)];
  if (run === undefined) throw new RequestError(404, "there is no such run");
  return run;
}

function worldOf(run: ViewedRun, query: URLSearchParams): number {
  return seed(query, "world") ?? (run.head().worlds[0] as number);
}

/** A text by its place: a user's prompt, history or plain answer, or a method's answer. */
function wholeText(run: ViewedRun, query: URLSearchParams): string {
  const user = text(query, "user");
  const kind = choice(query, "kind", ["answer", "baseline", "prompt", "history"], "answer");
  if (kind === "answer") {
    const answer = sampleOf(run.index, user, worldOf(run, query), text(query, "method"))?.answer;
    if (answer === undefined || answer === null) throw new RequestError(404, "there is no such answer");
    return answer;
  }
  const record = userRecord(run.index, user);
  const found = kind === "history" ? record?.history[count(query, "at", 0, 1_000)] : record?.[kind];
  if (found === undefined || found === null) throw new RequestError(404, "there is no such text");
  return found;
}

/** Keeps the latest results of a slow computation. */
function remembered<T>(most: number): (key: string, compute: () => T) => T {
  const kept = new Map<string, T>();
  return (key, compute) => {
    const value = kept.get(key) ?? compute();
    kept.delete(key);
    kept.set(key, value);
    if (kept.size > most) kept.delete(kept.keys().next().value as string);
    return value;
  };
}
