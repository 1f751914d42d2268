import { endedWords } from "../core/ended-rewrites.ts";
import type { Example, MethodResult, Results } from "../core/run-record.ts";
import { roleOf } from "../methods/about.ts";
import { classifierSection } from "./classifier-section.ts";
import { examplesSection } from "./examples.ts";
import { agreement, type RunFigure, runFigures } from "./figures/run-figures.ts";
import { percent, whole } from "./format.ts";
import { gainWords, remarks, type VerdictGroup, verdictGroups, weighingWords } from "./headline.ts";
import { methodTable, pairTable } from "./method-tables.ts";
import {
  disclosure,
  figureBlock,
  figureGrid,
  paragraph,
  preformatted,
  renderPage,
  type Section,
  tableBlock,
} from "./page/page.ts";
import { methodsWithVariance, powerTable } from "./power-table.ts";
import { attributeTable, principleTable, setupTable, usageTable, worldTable } from "./run-tables.ts";
import { scopeWords } from "./scope.ts";
import { escapeHtml } from "./table.ts";
import { methodsBody, poolBody, questionWords, rewardRange } from "./words.ts";

/** The report of a run: one file, made from the run record and, where they are at hand, some of its answers. */
export function renderReport(results: Results, examples: readonly Example[] = []): string {
  const figures = runFigures(results);
  const { pool, models } = results.config;
  const name = pool.name ?? `K = ${pool.principles.length}`;
  const count = (n: number, one: string): string => `${whole(n)} ${one}${n === 1 ? "" : "s"}`;
  return renderPage({
    title: `Which methods adapt? ${name}, ${count(results.users.test, "test user")}, ${count(results.worlds.length, "world")}`,
    subtitle: `Arbitrary Preference Mapping benchmark. Base ${models.base.provider}:${models.base.model}, judge ${models.judge.provider}:${models.judge.model}.`,
    mark: results,
    lead: lead(results, figures),
    sections: sections(results, figures, examples),
    version: results.version,
  });
}

function lead(results: Results, figures: readonly RunFigure[]): string {
  const items = verdictGroups(results).map(({ verdict, title, methods }) => {
    const [sign, kind] = MARKS[verdict] ?? ["●", ""];
    return `<dt class="${kind}">${sign} ${escapeHtml(title)}</dt><dd>${methods.map((m) => escapeHtml(gainWords(m, results))).join("<br>")}</dd>`;
  });
  return `${paragraph(questionWords(results))}
<div class="lead"><section aria-label="Result in words">
<dl class="verdicts">${items.join("")}</dl>
${remarks(results)
  .map((line) => paragraph(line))
  .join("\n")}
</section>
${figures
  .filter((f) => f.id === "forest")
  .map(figureBlock)
  .join("")}</div>`;
}

/** A sign and a class for the verdicts that have one, so that colour is never the only sign. */
const MARKS: Readonly<Partial<Record<VerdictGroup["verdict"], readonly [sign: string, kind: string]>>> = {
  better: ["▲", "good"],
  worse: ["▼", "bad"],
  check: ["○", ""],
};

function sections(results: Results, figures: readonly RunFigure[], examples: readonly Example[]): Section[] {
  const of = (section: RunFigure["section"]): RunFigure[] => figures.filter((f) => f.section === section);
  const styles = of("styles");
  return [
    {
      id: "gains",
      title: "By how much, and how sure",
      body: [
        paragraph(
          `Δ is the mean paired difference in reward (${rewardRange(results.config)}) between a method's answer and the plain answer to the same prompt. Intervals (95 %) and p-values are one t, ${results.worlds.length < 3 ? `over users${scopeWords(results.worlds.length)}` : "over users and worlds, both taken as drawn at random"}. Intervals are not adjusted; the p-values that decide the verdicts are, by Holm over the methods. Oracle and floors are checks, outside that family.`,
          "soft",
        ),
        tableBlock(methodTable(results), results),
        figureGrid(
          of("main").filter((f) => f.id !== "forest"),
          "large",
        ),
        disclosure("Each world", tableBlock(worldTable(results), results)),
      ].join("\n"),
    },
    ...(pairTable(results).rows.length === 0
      ? []
      : [
          {
            id: "pairs",
            title: "Methods against each other",
            body: [
              paragraph(
                "Reward of the method less that of the one it stands against, for the same user in the same world: the plain answer's noise is in neither.",
                "soft",
              ),
              tableBlock(pairTable(results), results),
            ].join("\n"),
          },
        ]),
    ...examplesSection(examples, results),
    {
      id: "whom",
      title: "For whom",
      body: [
        ...of("whom").map(figureBlock),
        disclosure(
          "As tables",
          [principleTable(results), attributeTable(results)]
            .map((table) => tableBlock(table, results))
            .join("\n"),
        ),
      ].join("\n"),
    },
    {
      id: "spread",
      title: "How gains are spread",
      body: [
        paragraph("Paired differences to the plain answer, one per user and world.", "soft"),
        figureGrid(of("spread"), "small"),
      ].join("\n"),
    },
    ...(styles.length === 0
      ? []
      : [{ id: "styles", title: "Which styles were chosen", body: stylesBody(results, styles) }]),
    ...classifierSection(results, of("classifiers")),
    ...(methodsWithVariance(results).length === 0
      ? []
      : [{ id: "power", title: "What a larger study needs", body: powerBody(results) }]),
    { id: "methods", title: "What each method is", body: methodsBody(results) },
    { id: "pool", title: "What the pool holds", body: poolBody(results) },
    { id: "missing", title: "Missing scores", body: missingBody(results) },
    { id: "cost", title: "Calls and cost", body: tableBlock(usageTable(results), results) },
    { id: "mapping", title: "The hidden mappings", body: mappingBody(of("mapping")) },
    { id: "setup", title: "Set-up", body: setupBody(results) },
    { id: "cite", title: "How to cite", body: citeBody(results) },
  ];
}

/** The learned router first and open; oracle and floors can be unfolded. */
function stylesBody(results: Results, figures: readonly RunFigure[]): string {
  const words = results.methods
    .filter((m) => m.labels !== undefined)
    .map((m) => {
      const { pairs, style, principle } = agreement(m);
      return `${m.name}: the wanted style in ${percent(style / pairs)} of pairs, its principle in ${percent(principle / pairs)}.`;
    });
  const chance = `By chance: ${percent(1 / (2 * results.config.pool.principles.length))} and ${percent(1 / results.config.pool.principles.length)}.`;
  const methods = results.methods.filter((m) => m.labels !== undefined);
  return [
    paragraph(
      "Wanted is the principle and direction with the largest weight for the user; + follows, − avoids.",
      "soft",
    ),
    `<ul>${[...words, chance].map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul>`,
    ...figures.map((figure, i) =>
      roleOf(methods[i] as MethodResult) === "method"
        ? figureBlock(figure)
        : disclosure(methods[i]?.name ?? figure.id, figureBlock(figure)),
    ),
  ].join("\n");
}

function powerBody(results: Results): string {
  return [
    paragraph(
      "From the differences of this run: how much they vary between users, between worlds, and beyond both. More users help against the first, more worlds against the second; what does not suffice is said. For other gains: apm-bench estimate --pilot.",
      "soft",
    ),
    tableBlock(powerTable(results), results),
  ].join("\n");
}

function missingBody(results: Results): string {
  const { asked, missing } = results.ratings;
  const pairs = results.methods
    .filter((m) => m.summary.missing > 0)
    .map((m) => `${m.name} ${whole(m.summary.missing)}`);
  return [
    paragraph(
      "A score that could not be obtained is left out in pairs and counted here; it is never replaced by a middle value.",
      "soft",
    ),
    paragraph(`Pairs without a reward on either side: ${pairs.length === 0 ? "none" : pairs.join(", ")}.`),
    paragraph(`Scores of candidate answers: ${whole(missing)} of ${whole(asked)} missing.`),
    ...(results.users.ended === undefined ? [] : [paragraph(`${endedWords(results.users.ended)}.`)]),
    ...weighingWords(results).map((words) => paragraph(words)),
    ...(results.users.replaced > 0
      ? [paragraph(`Users replaced because a rewrite failed: ${whole(results.users.replaced)}.`)]
      : []),
  ].join("\n");
}

/** How many matrices are shown at once; a run of many worlds keeps the rest folded. */
const OPEN_WORLDS = 2;

function mappingBody(figures: readonly RunFigure[]): string {
  const rest = figures.slice(OPEN_WORLDS);
  return [
    paragraph(
      "Rows are response principles, columns user attributes: which trait of a user makes them want what. The mapping carries no meaning and no method is told it.",
      "soft",
    ),
    figureGrid(figures.slice(0, OPEN_WORLDS), "large"),
    ...(rest.length === 0 ? [] : [disclosure(`${rest.length} more`, figureGrid(rest, "large"))]),
  ].join("\n");
}

function setupBody(results: Results): string {
  return [
    tableBlock(setupTable(results), results),
    paragraph(
      "Date, duration and memory stand in run.json beside this report: the same run gives the same report, whenever it is made. Answers of all methods side by side: apm-bench view.",
      "soft",
    ),
    disclosure("Configuration", preformatted(JSON.stringify(results.config, null, 2))),
    disclosure("Fingerprints of the prompts", preformatted(JSON.stringify(results.prompts, null, 2))),
  ].join("\n");
}

function citeBody({ version, simulated }: Results): string {
  return [
    paragraph(
      `The benchmark's paper, and this program with its version${simulated ? "; say that the run was simulated" : ""}:`,
    ),
    preformatted(`@misc{spohn2026apm,
  title         = {{APM}: Evaluating Style Personalization in {LLMs} with Arbitrary Preference Mappings},
  author        = {Spohn, Philipp and Girrbach, Leander and Akata, Zeynep},
  year          = {2026},
  eprint        = {2605.21063},
  archivePrefix = {arXiv}
}

@software{apm-bench,
  title   = {apm-bench},
  version = {${version}}
}`),
  ].join("\n");
}
