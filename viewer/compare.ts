import { worldName } from "../src/core/world-name.ts";
import { fixed, interval, percent, signed, whole } from "../src/report/format.ts";
import type { Comparison, RunHead } from "../src/viewer/api-types.ts";
import { useAnswer } from "./api.ts";
import { html } from "./html.ts";
import { Choice, Gain, Pager, Problem, Sided } from "./parts.ts";
import { changed, link, type Route, replace } from "./routes.ts";

const LIMIT = 50;

/** Two methods side by side, of one run or of two, on the users and worlds that both have. */
export function Compare({ run, runs, route }: { run: RunHead; runs: RunHead[]; route: Route }) {
  const [a, b] = [
    route.query.get("a") ?? defaultSide(runs, run, 0),
    route.query.get("b") ?? defaultSide(runs, run, 1),
  ];
  const sort = route.query.get("sort") ?? "worst";
  const offset = Number(route.query.get("offset") ?? 0);
  const query = new URLSearchParams({ a, b, sort, offset: String(offset), limit: String(LIMIT) }).toString();
  const { data, error } = useAnswer("compare", query);
  const set = (name: string) => (value: string) =>
    replace(changed(route, { a, b, [name]: value, offset: null }));
  const sides = runs.flatMap((r) =>
    r.methods.map((m) => [`${r.id}:${m.name}`, runs.length > 1 ? `${m.name} · ${r.name}` : m.name] as const),
  );
  return html`
    <h1>Compare</h1>
    ${runs.length > 1 && html`<${Gains} runs=${runs} route=${route} a=${a} b=${b} />`}
    <form class="filters" onSubmit=${(e: Event) => e.preventDefault()}>
      <${Choice} label="First" value=${a} options=${sides} onChange=${set("a")} />
      <${Choice} label="Second" value=${b} options=${sides} onChange=${set("b")} />
      <${Choice} label="Order" value=${sort} options=${[["worst", "second worse first"], ["best", "second better first"]]} onChange=${set("sort")} />
    </form>
    <${Problem} error=${error} />
    ${data?.isPaired === false && html`<p role="status">These two runs have different users or worlds (another pool, seed, mapping, source of prompts or number of targets), so there are no pairs. Their Δ, above, are still comparable as two independent estimates.</p>`}
    ${data?.isPaired && html`<${Result} data=${data} runs=${runs} route=${route} a=${a} b=${b} />`}
  `;
}

/** Every method's Δ in every run; a click sets the first and the second side. */
function Gains({ runs, route, a, b }: { runs: RunHead[]; route: Route; a: string; b: string }) {
  const names = [
    ...new Set(runs.flatMap((r) => r.methods.filter((m) => m.role !== "baseline").map((m) => m.name))),
  ];
  const [first, second] = [a, b].map((side) => Number(side.slice(0, side.indexOf(":"))));
  const other = second === first ? runs.find((r) => r.id !== first)?.id : second;
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Gains in every run"><table>
    <caption>Δ over no personalization, with 95 % intervals</caption>
    <thead><tr><th scope="col">method</th>${runs.map((r) => html`<th scope="col">${r.name}</th>`)}</tr></thead>
    <tbody>${names.map(
      (name) => html`<tr>
        <th scope="row"><a href=${changed(route, { a: `${first}:${name}`, b: `${other}:${name}`, offset: null })}>${name}</a></th>
        ${runs.map((r) => html`<td>${r.methods.find((m) => m.name === name)?.gain ?? "–"}</td>`)}</tr>`,
    )}</tbody></table></div>
    <h2>Pair by pair</h2>`;
}

/** The run's best-known rivals; with two runs, the same method in both. */
function defaultSide(runs: readonly RunHead[], run: RunHead, side: 0 | 1): string {
  const own = run.methods.filter((m) => m.role !== "baseline");
  const first = own.find((m) => m.role === "method") ?? own[0];
  const other = runs.find((r) => r.id !== run.id);
  if (side === 0) return `${run.id}:${first?.name ?? ""}`;
  const same = other?.methods.find((m) => m.name === first?.name);
  if (other !== undefined && same !== undefined) return `${other.id}:${same.name}`;
  return `${run.id}:${own.find((m) => m !== first && m.role !== "oracle")?.name ?? ""}`;
}

function Result({
  data,
  runs,
  route,
  a,
  b,
}: {
  data: Comparison;
  runs: readonly RunHead[];
  route: Route;
  a: string;
  b: string;
}) {
  const share = (n: number): string => percent(data.pairs === 0 ? null : n / data.pairs);
  const run = Number(a.slice(0, a.indexOf(":")));
  const show = `${a}|${b}`;
  const worlds = runs.find(({ id }) => id === run)?.worlds ?? [];
  return html`
    <dl class="numbers">
      <div><dt>Δ of the first</dt><dd>${signed(data.deltaA)}</dd></div>
      <div><dt>Δ of the second</dt><dd>${signed(data.deltaB)}</dd></div>
      <div><dt>second minus first</dt><dd>${signed(data.change)} <span class="soft">${interval(data.changeCi95, signed)}</span></dd></div>
      <div><dt>second better, even, worse</dt><dd>${share(data.better)} · ${share(data.even)} · ${share(data.worse)}</dd></div>
      <div><dt>pairs</dt><dd>${whole(data.pairs)}</dd></div>
    </dl>
    <p class="soft">Rewards are paired by user and world; 95 % interval by the t over users and worlds.</p>
    <${Pager} offset=${data.offset} limit=${LIMIT} total=${data.total} what="pairs" to=${(at: number) => changed(route, { a, b, offset: at || null })} />
    <div class="scroll" role="region" tabindex="0" aria-label="Pairs"><table>
      <thead><tr><th scope="col">user</th><th scope="col">world</th><th scope="col">wants most</th><th scope="col" class="num">first</th><th scope="col" class="num">second</th><th scope="col">second minus first</th></tr></thead>
      <tbody>${data.rows.map(
        (row) => html`<tr key=${`${row.world} ${row.user}`}>
          <th scope="row"><a href=${link("user", { run, user: row.user, world: row.world, show })}>${row.user}</a></th>
          <td>${worldName(worlds, row.world)}</td>
          <td>${row.target !== null && html`<${Sided} name=${row.target.principle} side=${row.target.direction} />`}</td>
          <td class="num">${fixed(row.rewardA)}</td><td class="num">${fixed(row.rewardB)}</td>
          <td><${Gain} value=${row.change} /></td></tr>`,
      )}</tbody></table></div>`;
}
