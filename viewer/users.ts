import { useEffect, useState } from "preact/hooks";
import { worldName } from "../src/core/world-name.ts";
import { fixed } from "../src/report/format.ts";
import type { RunHead, UserRow } from "../src/viewer/api-types.ts";
import { useAnswer } from "./api.ts";
import { html } from "./html.ts";
import { Choice, Gain, Pager, Problem, Sided, sidesOf } from "./parts.ts";
import { changed, link, type Route, replace } from "./routes.ts";

const LIMIT = 50;
const SORTS = [
  ["worst", "worst first"],
  ["best", "best first"],
  ["reward-low", "lowest reward"],
  ["reward-high", "highest reward"],
  ["user", "name"],
] as const;
/** While samples are still being read, and while they are still being written. */
const READING_MS = 300;
const LIVE_MS = 1_500;

/** The list's settings of an address; a user's page keeps them, so that one can go on from user to user. */
export function listSettings(run: RunHead, query: URLSearchParams): Record<string, string | number> {
  const method =
    query.get("method") ?? (run.methods.find((m) => m.role !== "baseline") ?? run.methods[0])?.name ?? "";
  const kept = ["world", "search", "attribute", "principle", "sort"].map((name) => [
    name,
    query.get(name) ?? "",
  ]);
  return { run: run.id, method, ...Object.fromEntries(kept) };
}

export function listQuery(settings: Record<string, string | number>, offset: number, limit: number): string {
  return new URLSearchParams({
    ...settings,
    offset: String(offset),
    limit: String(limit),
  } as never).toString();
}

/** All test users as one method serves them, by page. */
export function Users({ run, route }: { run: RunHead; route: Route }) {
  const settings = listSettings(run, route.query);
  const offset = Number(route.query.get("offset") ?? 0);
  const { data, error, isLoading } = useAnswer("users", listQuery(settings, offset, LIMIT), ({ indexed }) => {
    if (run.state === "running") return LIVE_MS;
    return indexed < 1 ? READING_MS : null;
  });
  const set = (name: string) => (value: string) => replace(changed(route, { [name]: value, offset: null }));
  return html`
    <h1>Users</h1>
    <form class="filters" onSubmit=${(e: Event) => e.preventDefault()}>
      <${Choice} label="Method" value=${settings.method} options=${run.methods.map((m) => [m.name, m.name])} onChange=${set("method")} />
      <${Choice} label="World" value=${settings.world} options=${[["", "mean of all"], ...run.worlds.map((w) => [String(w), worldName(run.worlds, w)])]} onChange=${set("world")} />
      <${Choice} label="Order" value=${settings.sort || "worst"} options=${SORTS} onChange=${set("sort")} />
      <${Choice} label="Shows" value=${settings.attribute} options=${[["", "any attribute"], ...sidesOf(run.attributes)]} onChange=${set("attribute")} />
      <${Choice} label="Wants most" value=${settings.principle} options=${[["", "any principle"], ...sidesOf(run.principles)]} onChange=${set("principle")} />
      <${Search} value=${String(settings.search)} onChange=${set("search")} />
    </form>
    <${Problem} error=${error} />
    ${data !== null && data.indexed < 1 && html`<p class="soft" role="status">Reading the samples: ${Math.floor(100 * data.indexed)}%</p>`}
    ${
      data !== null &&
      html`<${Pager} offset=${data.offset} limit=${LIMIT} total=${data.total} what="users" to=${(at: number) => changed(route, { offset: at || null })} />
      <div class="scroll" role="region" tabindex="0" aria-label="Users" aria-busy=${isLoading}><table class="users">
        <thead><tr>
          <th scope="col">user</th><th scope="col">Δ</th><th scope="col" class="num">plain</th><th scope="col" class="num">method</th>
          <th scope="col">shows</th>${settings.world !== "" && html`<th scope="col">wants most</th>`}<th scope="col" class="num">pairs</th><th scope="col">prompt</th>
        </tr></thead>
        <tbody>${data.rows.map((row, i) => html`<${Row} key=${row.user} row=${row} href=${link("user", { ...settings, user: row.user, at: offset + i })} oneWorld=${settings.world !== ""} />`)}</tbody>
      </table></div>`
    }
  `;
}

function Row({ row, href, oneWorld }: { row: UserRow; href: string; oneWorld: boolean }) {
  return html`<tr>
    <th scope="row"><a href=${href}>${row.user}</a></th>
    <td><${Gain} value=${row.delta} /></td>
    <td class="num">${fixed(row.baseline)}</td>
    <td class="num">${fixed(row.reward)}</td>
    <td>${row.attributes.map((a) => html`<${Sided} name=${a.attribute} side=${a.side} /> `)}</td>
    ${oneWorld && html`<td>${row.target !== null && html`<${Sided} name=${row.target.principle} side=${row.target.direction} />`}</td>`}
    <td class="num">${row.pairs}${row.missing > 0 && html`<span class="soft" title="missing"> (${row.missing} missing)</span>`}</td>
    <td class="prompt" dir="auto">${row.prompt}</td>
  </tr>`;
}

/** Typing is let finish before it is asked for. */
const TYPING_MS = 200;

function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return html`<div class="field"><label for="search">Search</label>
    <input id="search" type="search" value=${typed} placeholder="name or text" onInput=${(e: { currentTarget: HTMLInputElement }) => setTyped(e.currentTarget.value)} /></div>`;
}
