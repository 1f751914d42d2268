import { fixed, interval, percent, signed, whole } from "../../../src/report/format.ts";
import type { RejudgeRecord } from "../../../src/studies/rejudge/record.ts";
import { gain } from "../figures.ts";
import { markdownTable, type Part, quoted } from "../part.ts";
import { BESIDE } from "./default.ts";

const EXACT = '{"provider":"sim","model":"peer","options":{"judgeNoise":0,"judgeBias":0}}';
const JUDGES: readonly (readonly [folder: string, name: string, ...flags: string[]])[] = [
  ["weighted", "the same, weighted", "--judge", "sim:default", "--set", "judge.weighted=true"],
  ["hundred", "the same, on 1-100", "--judge", "sim:default", "--set", "judge.scale=100"],
  ["peer", "`sim:peer`", "--judge", "sim:peer"],
  ["exact", "`sim:peer` without noise and bias", "--judge", EXACT],
  ["weak", "`sim:weak`", "--judge", "sim:weak"],
];

/** Beside the default run: make that part first. */
export const rejudgePart: Part = {
  about: "judge-swap.md: the default run before other judges",
  cost: "minutes",
  async make(bench) {
    const rows: string[][] = [];
    let peer = "";
    for (const [folder, name, ...flags] of JUDGES) {
      const output = await bench.print("rejudge", BESIDE, ...flags, "--out", folder);
      if (folder === "peer") peer = quoted(output, /^method /);
      const { overall, methods } = bench.read<RejudgeRecord>(`${folder}/rejudge.json`);
      const told = (id: string): string => {
        const second = methods.find((method) => method.id === id)?.second;
        return second === undefined ? "" : gain(second);
      };
      rows.push([
        name,
        fixed(overall.spearman.value),
        fixed(overall.quadraticKappa.value),
        ...["routing", "rag-exemplar", "routing-oracle"].map(told),
      ]);
    }
    bench.figure("peer/figures/gains.svg", "judge-swap-gains");
    const { methods } = bench.read<RejudgeRecord>("peer/rejudge.json");
    const first = (id: string): string =>
      signed(methods.find((method) => method.id === id)?.first.delta ?? null);
    return {
      peer,
      judges: markdownTable(
        [
          "second judge",
          "Spearman",
          "quadratic kappa",
          `Δ routing (first: ${first("routing")})`,
          `Δ RAG-Exemplar (${first("rag-exemplar")})`,
          `Δ oracle (${first("routing-oracle")})`,
        ],
        rows,
      ),
      outcomes: markdownTable(
        ["`sim:peer`", "same outcome", "kappa", "decided by both", "same winner"],
        methods.flatMap(({ name, outcomes }) =>
          outcomes === null
            ? []
            : [
                [
                  name,
                  percent(outcomes.same.value),
                  `${fixed(outcomes.kappa.value)} ${interval(outcomes.kappa.ci95, fixed)}`,
                  `${whole(outcomes.decided)} of ${whole(outcomes.pairs)}`,
                  percent(outcomes.sameDecided.value),
                ],
              ],
        ),
      ),
    };
  },
};
