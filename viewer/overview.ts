import { signed, whole } from "../src/report/format.ts";
import type { Overview as OverviewData, RunHead, ShownTable } from "../src/viewer/api-types.ts";
import { useAnswer } from "./api.ts";
import { Figure, Files } from "./figure.ts";
import { html } from "./html.ts";
import { Jobs } from "./jobs.ts";
import { Method, Problem } from "./parts.ts";
import { link } from "./routes.ts";

/** Between two looks at a run that goes on. */
const LIVE_MS = 1_000;

/** What came out of a run; or, while it goes on, how far it is. */
export function Overview({ run }: { run: RunHead }) {
  const { data, error } = useAnswer("overview", `run=${run.id}`, ({ head, indexed }) =>
    head.state !== "finished" || indexed < 1 ? LIVE_MS : null,
  );
  if (data === null) return html`<h1>${run.name}</h1><${Problem} error=${error} />`;
  return html`
    <h1>${data.finished?.title ?? run.name}</h1>
    <${Problem} error=${error} />
    <${State} data=${data} />
    ${data.finished === null ? html`<${SoFar} data=${data} />` : html`<${Finished} data=${data} finished=${data.finished} />`}
  `;
}

function State({ data }: { data: OverviewData }) {
  const { head, progress, finished } = data;
  if (head.state === "finished" || progress === null) return null;
  const words = {
    running: "This run is going on.",
    failed:
      "The last run in this folder ended with an error; whatever it computed is stored, and the same command continues it.",
    stopped: "The last run in this folder was interrupted; the same command continues it.",
    finished: "",
  }[head.state];
  return html`<section class="live ${head.state}" aria-label="Progress">
    <p role="status"><strong>${words}</strong>${finished !== null && " Below is an earlier one that was finished."}</p>
    <dl class="bars">
      ${progress.stages.map(
        ({ stage, done, total }) => html`<dt>${stage}</dt>
        <dd><progress aria-label=${stage} value=${Math.min(done, total)} max=${total}></progress> <span class="number">${whole(Math.min(done, total))} / ${whole(total)}</span></dd>`,
      )}
    </dl>
    ${progress.jobs !== undefined && html`<${Jobs} jobs=${progress.jobs} />`}
    <p class="soft">${whole(progress.totals.calls)} calls, ${whole(progress.totals.cacheHits)} from store · ${whole(progress.totals.tokens)} tokens · $${progress.totals.costUsd.toFixed(2)} · last sign of life ${new Date(progress.updatedAt).toLocaleTimeString()}</p>
    ${progress.notes.length > 0 && html`<ul class="notes">${progress.notes.map((note) => html`<li>${note}</li>`)}</ul>`}
  </section>`;
}

/** Means of a run that is not finished: without intervals, for these would promise too much. */
function SoFar({ data }: { data: OverviewData }) {
  if (data.soFar.length === 0) return html`<p class="soft">No method has answered yet.</p>`;
  return html`<h2>So far</h2>
    <div class="scroll" role="region" tabindex="0" aria-label="Means so far"><table>
      <thead><tr><th scope="col">method</th><th scope="col" class="num">pairs</th><th scope="col" class="num">Δ</th></tr></thead>
      <tbody>${data.soFar.map(
        ({ method, pairs, delta }) => html`<tr>
          <th scope="row"><a href=${link("users", { run: data.head.id, method })}><${Method} run=${data.head} name=${method} /></a></th>
          <td class="num">${whole(pairs)}</td><td class="num">${signed(delta)}</td></tr>`,
      )}</tbody>
    </table></div>`;
}

/** A sign beside the colour of the verdicts that have one. */
const SIGNS: Readonly<Record<string, string>> = { better: "▲", worse: "▼", check: "○" };

function Finished({
  data,
  finished,
}: {
  data: OverviewData;
  finished: NonNullable<OverviewData["finished"]>;
}) {
  const { head } = data;
  const [main, ...others] = finished.figures;
  const figure = (f: typeof main) => f && html`<${Figure} key=${f.id} run=${head.id} ...${f} />`;
  return html`
    <div class="lead">
      <section aria-label="Result in words">
        <dl class="verdicts">
          ${finished.verdicts.map(
            ({ verdict, title, methods }) =>
              html`<dt class=${verdict.replaceAll(" ", "-")}>${SIGNS[verdict] ?? "●"} ${title}</dt><dd>${methods.map((line) => html`<div>${line}</div>`)}</dd>`,
          )}
        </dl>
        ${finished.remarks.map((line) => html`<p>${line}</p>`)}
        <p><a href=${`api/file?run=${head.id}&name=report.html`} target="_blank" rel="noopener">Full report</a></p>
        ${data.indexed < 1 && html`<p class="soft" role="status">Reading the samples: ${Math.floor(100 * data.indexed)}%</p>`}
      </section>
      ${figure(main)}
    </div>
    ${finished.tables.map((table) => html`<${TableView} key=${table.id} run=${head} table=${table} />`)}
    <div class="figures">${others.map(figure)}</div>
  `;
}

/** A table of the report; in the one of methods each name leads to its users. */
function TableView({ run, table }: { run: RunHead; table: ShownTable }) {
  const align = (i: number): string => {
    const column = table.columns[i];
    return column?.align === "right" ? "num" : column?.wraps ? "wraps" : "";
  };
  const cell = (text: string, i: number) =>
    i === 0 && table.id === "methods"
      ? html`<th scope="row"><a href=${link("users", { run: run.id, method: text })}><${Method} run=${run} name=${text} /></a></th>`
      : html`<td class=${align(i)}>${text}</td>`;
  return html`<div class="scroll" role="region" tabindex="0" aria-label=${table.caption}><table>
      <caption>${table.caption}</caption>
      <thead><tr>${table.columns.map((c, i) => html`<th scope="col" class=${align(i)}>${c.title}</th>`)}</tr></thead>
      <tbody>${table.rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody>
    </table></div>
    <${Files} run=${run.id} names=${[`${table.id}.csv`, `${table.id}.tex`]} />`;
}
