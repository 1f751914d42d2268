import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { type Simulated, simulatedNote, simulatedWords } from "../../core/simulated.ts";
import { escapeHtml } from "../table.ts";

export interface FigureText {
  /** Read by screen readers in place of the drawing. */
  readonly label: string;
}

/**
 * Draws a plot without a browser, as one SVG element that can stand in a page: text and axes take the page's colour
 * (`currentColor`), nothing in it needs a style sheet, and it is one image for screen readers. All text is escaped.
 */
export function plotSvg({ label }: FigureText, options: Plot.PlotOptions): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const { style, ...rest } = options;
  const drawn = Plot.plot({
    ...rest,
    // linkedom escapes quotes in attributes, but neither & nor < nor >, which are no XML there.
    ariaLabel: label.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
    // A style as text replaces Plot's own; ours is set as attributes below.
    style: { fontSize: "12px", ...(typeof style === "object" ? style : {}) },
    document: document as unknown as NonNullable<Plot.PlotOptions["document"]>,
  });
  // A plot with a legend or a title is a figure around the SVG: figures here have captions in the page instead.
  const svg = drawn.tagName.toLowerCase() === "svg" ? drawn : (drawn.querySelector("svg") as typeof drawn);
  for (const inner of svg.querySelectorAll("style")) inner.remove();
  for (const group of svg.querySelectorAll("g")) {
    for (const name of ["aria-label", "aria-hidden", "aria-description"]) group.removeAttribute(name);
  }
  const size = svg.getAttribute("style");
  svg.removeAttribute("style");
  svg.removeAttribute("class");
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("role", "img");
  if (size?.includes("font-size")) svg.setAttribute("font-size", "12");
  return svg.outerHTML;
}

/** Room under a drawing for the line that tells what was simulated. */
const NOTE_HEIGHT = 22;

/**
 * The same drawing as a file of its own: with a background, dark ink on white or the other way round by the viewer's
 * theme. What was simulated stands in its metadata and, for whoever sees the picture alone, in a line below it.
 */
export function standaloneSvg(svg: string, mark: Simulated): string {
  const theme =
    "<style>svg{--page:#fff;color:#1b1f24;background:#fff}@media (prefers-color-scheme:dark){svg{--page:#15181d;color:#e6e8eb;background:#15181d}}</style>";
  const [head = ""] = svg.match(/^<svg[^>]*>/) ?? [];
  const words = simulatedWords(mark);
  if (words === "")
    return `<?xml version="1.0" encoding="UTF-8"?>\n${head}${theme}${svg.slice(head.length)}\n`;
  const [left = 0, top = 0, width = 0, height = 0] = (/ viewBox="([^"]*)"/.exec(head)?.[1] ?? "")
    .split(/[ ,]+/)
    .map(Number);
  const taller = head
    .replace(/ viewBox="[^"]*"/, ` viewBox="${left} ${top} ${width} ${height + NOTE_HEIGHT}"`)
    .replace(/ height="[^"]*"/, ` height="${height + NOTE_HEIGHT}"`);
  const note = `<text x="${left + 4}" y="${top + height + NOTE_HEIGHT - 8}" font-size="11" fill="currentColor" text-anchor="start">${escapeHtml(`SIMULATED${simulatedNote(mark).replace("simulated: ", "")}: not how any real LLM behaves`)}</text>`;
  const told = `${theme}<metadata>${escapeHtml(words)}</metadata>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${taller}${told}${svg.slice(head.length).replace(/<\/svg>$/, `${note}</svg>`)}\n`;
}

/** Room for names at an axis, in pixels: an ordinary letter of its type takes up to 7.6, digits and underscores included. */
export function roomFor(names: readonly string[]): number {
  return 16 + 7.6 * Math.max(0, ...names.map((name) => [...name].length));
}
