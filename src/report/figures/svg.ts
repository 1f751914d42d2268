import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

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

/** The same drawing as a file of its own: with a background, dark ink on white or the other way round by the viewer's theme. */
export function standaloneSvg(svg: string): string {
  const theme =
    "<style>svg{--page:#fff;color:#1b1f24;background:#fff}@media (prefers-color-scheme:dark){svg{--page:#15181d;color:#e6e8eb;background:#15181d}}</style>";
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svg.replace(/^(<svg[^>]*>)/, `$1${theme}`)}\n`;
}
