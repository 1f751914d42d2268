import { signed } from "../src/report/format.ts";
import type { RunHead } from "../src/viewer/api-types.ts";
import { html } from "./html.ts";

type Direction = "follow" | "avoid";

/** A name with its side: a plus to follow (or shown), a minus to avoid (or its opposite shown). */
export function Sided({ name, side }: { name: string; side: Direction }) {
  return html`<span class="sided ${side}"><span aria-hidden="true">${side === "follow" ? "+" : "−"}</span><span class="hidden">${side === "follow" ? "follow " : "avoid "}</span>${name}</span>`;
}

/** A method's name behind its colour. */
export function Method({ run, name }: { run: RunHead; name: string }) {
  const colour = run.methods.find((m) => m.name === name)?.colour ?? "currentColor";
  return html`<span class="method"><span class="dot" aria-hidden="true" style=${{ background: colour }}></span>${name}</span>`;
}

/** A gain as number and bar around zero; `most` fills the half. */
export function Gain({ value, most = 9 }: { value: number | null; most?: number }) {
  const share = Math.min(1, Math.abs(value ?? 0) / most) * 50;
  return html`<span class="gain"><span class="number">${signed(value)}</span><span class="track" aria-hidden="true">${
    value !== null &&
    html`<span class=${value < 0 ? "fill loss" : "fill win"} style=${{ width: `${share}%`, [value < 0 ? "right" : "left"]: "50%" }}></span>`
  }</span></span>`;
}

export function Choice({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string;
  options: readonly (readonly [value: string, title: string])[];
  onChange: (value: string) => void;
}) {
  const id = `choice-${label.toLowerCase().replaceAll(" ", "-")}`;
  return html`<div class="field"><label for=${id}>${label}</label>
    <select id=${id} value=${value} onChange=${(e: { currentTarget: HTMLSelectElement }) => onChange(e.currentTarget.value)}>
      ${options.map(([option, title]) => html`<option value=${option} selected=${option === value}>${title}</option>`)}
    </select></div>`;
}

/** Pages of a list: where one is, and the way on. */
export function Pager({
  offset,
  limit,
  total,
  what,
  to,
}: {
  offset: number;
  limit: number;
  total: number;
  what: string;
  to: (offset: number) => string;
}) {
  const last = Math.min(total, offset + limit);
  const step = (title: string, at: number, possible: boolean) =>
    possible
      ? html`<a class="button" href=${to(at)}>${title}</a>`
      : html`<span class="button off" aria-disabled="true">${title}</span>`;
  return html`<div class="pager">
    <span role="status">${total === 0 ? `no ${what}` : `${(offset + 1).toLocaleString("en-US")}–${last.toLocaleString("en-US")} of ${total.toLocaleString("en-US")} ${what}`}</span>
    ${step("← Previous", Math.max(0, offset - limit), offset > 0)}
    ${step("Next →", offset + limit, last < total)}
  </div>`;
}

export function Problem({ error }: { error: string | null }) {
  return error === null ? null : html`<p class="error" role="alert">${error}</p>`;
}

/** Both sides of every name, for a choice. */
export function sidesOf(names: readonly string[]): (readonly [string, string])[] {
  return names.flatMap((name) => [[`+${name}`, `+ ${name}`] as const, [`-${name}`, `− ${name}`] as const]);
}
