/**
 * The projects of tests that need more than this repository and `npm ci`: what each of them needs. A file
 * `*.NAME.test.ts` belongs to the project NAME; every other `*.test.ts` belongs to `default`, which `npm test` runs.
 */
export const PROJECTS = {
  reference: "the real data in ../shared/reference-data",
  browser: "Chromium",
  python: "NumPy and SciPy",
  tools: "Python packages of other tools, 1.1 GB",
  postgres: "Debian's package postgresql",
  trainer: "PyTorch and more Python packages, 5.6 GB, and some minutes of two cores",
  slow: "some minutes of two cores",
  real: "a real server and weights, which it fetches, and some minutes of two cores",
} as const satisfies Record<string, string>;

/** Where tests stand. */
const ROOMS = "{src,test,viewer,scripts,bench}";

/** Test files of every project, the default one included. */
export const ALL_TESTS = `${ROOMS}/**/*.test.ts`;

/** Test files of a project. */
export const testsOf = (project: string): string => `${ROOMS}/**/*.${project}.test.ts`;

/** What a run of the projects `ran` left out, in one line; empty when it was nothing, or a run of one such project. */
export function leftOut(ran: readonly string[]): string {
  if (!ran.includes("default")) return "";
  const rest = Object.entries(PROJECTS).filter(([project]) => !ran.includes(project));
  if (rest.length === 0) return "";
  return `Not run: ${rest.map(([project, needs]) => `npm run test:${project} (needs ${needs})`).join(", ")}.`;
}
