import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Part, quoted } from "../part.ts";
import { BESIDE } from "./default.ts";

/** Studies beside the default run, whose calls they share: make that part first. */
export const auditPart: Part = {
  about: "audit.md: does the embedded default leak?",
  cost: "minutes",
  async make(bench) {
    const output = await bench.print("audit", BESIDE);
    bench.figure(join(BESIDE, "figures/audit-conditions.svg"), "audit-conditions");
    bench.figure(join(BESIDE, "figures/audit-contrast.svg"), "audit-contrast");
    return { checks: quoted(output, /^question /), contrast: quoted(output, /arbitrary .*stereotype/) };
  },
};

export const rejudgePart: Part = {
  about: "judge-swap.md: the default run before other judges",
  cost: "minutes",
  async make(bench) {
    const peer = await bench.print("rejudge", BESIDE, "--judge", "sim:peer", "--out", "peer");
    bench.figure("peer/figures/gains.svg", "judge-swap-gains");
    const weak = await bench.print("rejudge", BESIDE, "--judge", "sim:weak", "--out", "weak");
    return { peer: quoted(peer, /^method /), weak: quoted(weak, /^method /) };
  },
};

export const robustnessPart: Part = {
  about: "robustness.md: the default's answers to questions",
  cost: "minutes",
  async make(bench) {
    const own = await bench.print("robustness", BESIDE);
    writeFileSync(join(bench.folder, "sums.jsonl"), sums());
    const many = await bench.print("robustness", "--mmlu-pro", "sums.jsonl", "--out", "sums");
    bench.figure("sums/figures/robustness-1.svg", "robustness-sums");
    return { own: quoted(own, /^method /), sums: quoted(many, /^method /) };
  },
};

/** The file of a thousand sums that robustness.md shows how to write. */
function sums(): string {
  const lines = Array.from({ length: 1_000 }, (_, n) => {
    const i = n + 1;
    const [a, b, c] = [3 + ((i * 7) % 40), 2 + ((i * 11) % 9), 1 + ((i * 13) % 50)];
    const sum = a * b + c;
    const options = [sum - 10, sum + c, sum, a * (b + c), sum + 1].map(String);
    return JSON.stringify({ question: `What is ${a} × ${b} + ${c}? (no. ${i})`, options, answer: "C" });
  });
  return `${lines.join("\n")}\n`;
}

export const biasPart: Part = {
  about: "judge-bias.md: naive criteria beside the sign-balanced score",
  cost: "minutes",
  async make(bench) {
    const output = await bench.print("bias", "--out", "bias");
    bench.figure("bias/figures/changes.svg", "bias-changes");
    return { prompts: quoted(output, /^system prompt /), criteria: quoted(output, /^criterion /) };
  },
};
