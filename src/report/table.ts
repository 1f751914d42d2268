import stringWidth from "string-width";

/** A table as data: made once, drawn for the terminal, as CSV, as LaTeX or as HTML. */
export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** Whether a page may break its texts into lines; numbers and intervals stay whole. */
  readonly wraps?: boolean;
}

export const left = (title: string): Column => ({ title, align: "left" });
export const right = (title: string): Column => ({ title, align: "right" });

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

/** For a terminal or a log: columns aligned with spaces. */
export function textTable({ columns, rows }: Pick<Table, "columns" | "rows">): string {
  const widths = columns.map((c, i) =>
    Math.max(...[c.title, ...rows.map((r) => r[i] ?? "")].map((text) => stringWidth(text))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const gap = " ".repeat(Math.max(0, (widths[i] as number) - stringWidth(cell)));
        return columns[i]?.align === "right" ? gap + cell : cell + gap;
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((w) => "─".repeat(w)).join("  ");
  return [line(columns.map((c) => c.title)), rule, ...rows.map(line)].join("\n");
}

/** RFC 4180, full precision; a missing value is an empty field. */
export function csvTable({ data }: Pick<Table, "data">): string {
  const headers = Object.keys(data[0] ?? {});
  const field = (value: string | number | null | undefined): string => {
    const text = value === null || value === undefined ? "" : String(value);
    // A text that a spreadsheet would take for a formula is defused: names may come from a model or a file.
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [headers.join(","), ...data.map((row) => headers.map((h) => field(row[h])).join(","))];
  return `${lines.join("\r\n")}\r\n`;
}

/** A table environment with booktabs rules. */
export function latexTable({ id, caption, columns, rows }: Table): string {
  const layout = columns.map((c) => (c.align === "right" ? "r" : "l")).join("");
  const line = (cells: readonly string[]): string => `  ${cells.map(latexEscape).join(" & ")} \\\\`;
  return [
    "\\begin{table}",
    "  \\centering",
    `  \\caption{${latexEscape(caption)}}`,
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
  const kind = ({ align, wraps }: Column): string => (align === "right" ? "num" : wraps ? "wraps" : "");
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
