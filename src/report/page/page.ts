import { type Simulated, simulatedNote, simulatedWords } from "../../core/simulated.ts";
import type { Figure } from "../figures/figure.ts";
import { csvTable, escapeHtml, htmlTable, latexTable, type Table } from "../table.ts";
import { SCRIPT, SCRIPT_HASH } from "./script.ts";
import { STYLE } from "./style.ts";

/** A part of a report under a heading; `body` is HTML whose texts are escaped. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: string;
}

export interface ReportPage {
  readonly title: string;
  /** One line under the title. */
  readonly subtitle: string;
  /** What of it was simulated. */
  readonly mark: Simulated;
  /** HTML before the first section. */
  readonly lead: string;
  readonly sections: readonly Section[];
  readonly version: string;
}

/** The content-security policy of every report. */
export const REPORT_POLICY = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src '${SCRIPT_HASH}'; base-uri 'none'; form-action 'none'`;

/** A self-contained page: opens from disk, asks no network, and lets nothing but its own script run. */
export function renderPage({ title, subtitle, lead, sections, version, mark }: ReportPage): string {
  const words = simulatedWords(mark);
  const [word, ...rest] = words.split(":");
  const banner = `<p class="banner" role="note"><strong>${word}:</strong>${escapeHtml(rest.join(":"))}</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${REPORT_POLICY}">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="soft">${escapeHtml(subtitle)}</p>
${words === "" ? "" : banner}
</header>
${lead}
<nav aria-label="Sections"><ul>${sections.map((s) => `<li><a href="#${s.id}">${escapeHtml(s.title)}</a></li>`).join("")}</ul></nav>
${sections.map(({ id, title, body }) => `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>\n${body}\n</section>`).join("\n")}
<footer>Made by apm-bench ${escapeHtml(version)}.</footer>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

export function paragraph(text: string, kind?: "soft"): string {
  return `<p${kind === undefined ? "" : ` class="${kind}"`}>${escapeHtml(text)}</p>`;
}

/** A table with its downloads. */
export function tableBlock(table: Table, mark: Simulated): string {
  return `${htmlTable({ ...table, caption: `${table.caption}${simulatedNote(mark)}` })}
<p class="gets">${download(`${table.id}.csv`, "text/csv", csvTable(table, mark), "CSV")}${download(`${table.id}.tex`, "application/x-tex", latexTable(table, mark), "LaTeX")}</p>`;
}

/** A figure with its caption; a wide one keeps its size and scrolls sideways on a narrow screen. */
export function figureBlock({ id, caption, svg, wide }: Figure): string {
  const name = escapeHtml(caption);
  const drawing = wide
    ? `<div class="scroll" role="region" tabindex="0" aria-label="${name}">${svg}</div>`
    : svg;
  return `<figure id="${escapeHtml(id)}"${wide ? ' class="wide"' : ""}>${drawing}<figcaption>${name}</figcaption></figure>`;
}

/** Figures side by side where there is room. */
export function figureGrid(figures: readonly Figure[], size: "small" | "large"): string {
  return `<div class="figures${size === "large" ? " large" : ""}">${figures.map(figureBlock).join("\n")}</div>`;
}

export function disclosure(summary: string, body: string): string {
  return `<details><summary>${escapeHtml(summary)}</summary>\n${body}\n</details>`;
}

export function preformatted(text: string): string {
  return `<pre tabindex="0">${escapeHtml(text)}</pre>`;
}

/** A link that holds the file itself; half a surrogate pair, which no file can hold, becomes U+FFFD. */
function download(file: string, type: string, content: string, label: string): string {
  return `<a download="${escapeHtml(file)}" href="data:${type};charset=utf-8,${encodeURIComponent(content.toWellFormed()).replaceAll("'", "%27")}" aria-label="${escapeHtml(`${file} as ${label}`)}">${label}</a>`;
}
