import stringWidth from "string-width";
import { type Simulated, simulatedNote, simulatedRoles, simulatedWords } from "../core/simulated.ts";

/** A table as data: made once, drawn for the terminal, as CSV, as LaTeX or as HTML. */
export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** Whether its texts may be broken into lines; numbers and intervals stay whole. */
  readonly wraps?: boolean;
  /** Left out on a terminal and in a window that have no room for all; files have it. */
  readonly isDetail?: boolean;
}

export const left = (title: string): Column => ({ title, align: "left" });
export const right = (title: string): Column => ({ title, align: "right" });
/** The column of a 95 % interval, right of the estimate that it belongs to. */
export const INTERVAL: Column = left("95% interval");

export interface Table {
  /** Stem of the files it is written to. */
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly Column[];
  /** What people read. */
  readonly rows: readonly (readonly string[])[];
  /** What machines read: full precision, one header a value. */
  readonly data: readonly Readonly<Record<string, string | number | null>>[];
}

/** Letters of a line that most terminals and logs show without breaking it. */
const LINE = 100;
/** A column that is broken into lines keeps at least so many letters. */
const NARROWEST = 26;

/**
 * For a terminal or a log: columns aligned with spaces. A table that is wider than a line leaves out its details, then
 * breaks the texts of columns that may be broken.
 */
export function textTable({ columns, rows }: Pick<Table, "columns" | "rows">): string {
  const widthOf = (i: number): number =>
    Math.max(...[columns[i]?.title ?? "", ...rows.map((r) => r[i] ?? "")].map((text) => stringWidth(text)));
  const total = (shown: readonly number[]): number =>
    shown.reduce((sum, i) => sum + widthOf(i), 2 * (shown.length - 1));
  const all = columns.map((_, i) => i);
  const shown = total(all) <= LINE ? all : all.filter((i) => columns[i]?.isDetail !== true);
  const over = Math.max(0, total(shown) - LINE);
  const widths = shown.map((i) =>
    columns[i]?.wraps ? Math.min(widthOf(i), Math.max(NARROWEST, widthOf(i) - over)) : widthOf(i),
  );
  const line = (cells: readonly string[]): string =>
    shown
      .map((i, at) => {
        const cell = cells[at] ?? "";
        const gap = " ".repeat(Math.max(0, (widths[at] as number) - stringWidth(cell)));
        return columns[i]?.align === "right" ? gap + cell : cell + gap;
      })
      .join("  ")
      .trimEnd();
  const lines = (row: readonly string[]): string[] => {
    const cells = shown.map((i, at) =>
      columns[i]?.wraps ? broken(row[i] ?? "", widths[at] as number) : [row[i] ?? ""],
    );
    const height = Math.max(...cells.map((cell) => cell.length));
    return Array.from({ length: height }, (_, y) => line(cells.map((cell) => cell[y] ?? "")));
  };
  const rule = widths.map((w) => "─".repeat(w)).join("  ");
  return [line(shown.map((i) => columns[i]?.title ?? "")), rule, ...rows.flatMap(lines)].join("\n");
}

/** A text in lines of at most so many letters, broken between words. */
function broken(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && stringWidth(`${last} ${word}`) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** RFC 4180, full precision; a missing value is an empty field. Every row tells what of it was simulated. */
export function csvTable({ data }: Pick<Table, "data">, mark: Simulated): string {
  const roles = simulatedRoles(mark);
  const told = { simulated: String(roles.length > 0), simulatedRoles: roles.join(" ") };
  const headers = Object.keys({ ...data[0], ...told });
  const field = (value: string | number | null | undefined): string => {
    const text = value === null || value === undefined ? "" : String(value);
    // A text that a spreadsheet would take for a formula is defused: names may come from a model or a file.
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [
    headers.join(","),
    ...data
      .map((row) => ({ ...row, ...told }))
      .map((row: Table["data"][number]) => headers.map((h) => field(row[h])).join(",")),
  ];
  return `${lines.join("\r\n")}\r\n`;
}

/** A table environment with booktabs rules; a comment and the caption tell what was simulated. */
export function latexTable({ id, caption, columns, rows }: Table, mark: Simulated): string {
  const layout = columns.map((c) => (c.align === "right" ? "r" : "l")).join("");
  const line = (cells: readonly string[]): string => `  ${cells.map(latexEscape).join(" & ")} \\\\`;
  const words = simulatedWords(mark);
  return [
    ...(words === "" ? [] : [`% ${words}`]),
    "\\begin{table}",
    "  \\centering",
    `  \\caption{${latexEscape(`${caption}${simulatedNote(mark)}`)}}`,
    `  \\label{tab:${id}}`,
    `  \\begin{tabular}{${layout}}`,
    "  \\toprule",
    line(columns.map((c) => c.title)),
    "  \\midrule",
    ...rows.map(line),
    "  \\bottomrule",
    "  \\end{tabular}",
    "\\end{table}",
    "",
  ].join("\n");
}

const LATEX: Readonly<Record<string, string>> = {
  "&": "\\&",
  "%": "\\%",
  $: "\\$",
  "#": "\\#",
  _: "\\_",
  "{": "\\{",
  "}": "\\}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "\\": "\\textbackslash{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "−": "$-$",
  "–": "--",
  Δ: "$\\Delta$",
  "∞": "$\\infty$",
};

function latexEscape(text: string): string {
  return text.replace(/[&%$#_{}~^\\<>−–Δ∞]/g, (c) => LATEX[c] as string);
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** An HTML table; every cell is escaped. */
export function htmlTable({ caption, columns, rows }: Pick<Table, "caption" | "columns" | "rows">): string {
  const kind = ({ align, wraps, isDetail }: Column): string =>
    [align === "right" ? "num" : wraps ? "wraps" : "", isDetail ? "detail" : ""].join(" ").trim();
  const classOf = (i: number): string => {
    const column = columns[i];
    return column === undefined || kind(column) === "" ? "" : ` class="${kind(column)}"`;
  };
  const cell = (tag: "td" | "th", text: string, i: number): string =>
    `<${tag}${classOf(i)}${tag === "th" ? ' scope="col"' : ""}>${escapeHtml(text)}</${tag}>`;
  const head = columns.map((c, i) => cell("th", c.title, i)).join("");
  const body = rows.map((row) => `<tr>${row.map((text, i) => cell("td", text, i)).join("")}</tr>`).join("\n");
  return `<div class="scroll" role="region" tabindex="0" aria-label="${escapeHtml(caption)}"><table><caption><span>${escapeHtml(caption)}</span></caption><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}
