import { useEffect, useState } from "preact/hooks";
import { worldName } from "../src/core/world-name.ts";
import { fixed, signed } from "../src/report/format.ts";
import type { RunHead, ShownText, UserDetail } from "../src/viewer/api-types.ts";
import { AnswerCard, type Column } from "./answer.ts";
import { ask, useAnswer } from "./api.ts";
import { html } from "./html.ts";
import { Gain, Method, Problem, Sided } from "./parts.ts";
import { changed, go, link, type Route } from "./routes.ts";
import { Text } from "./text.ts";
import { listQuery, listSettings } from "./users.ts";

/** One user in one world: what they wrote and want, and the methods' answers beside the plain one. */
export function User({ run, runs, route }: { run: RunHead; runs: RunHead[]; route: Route }) {
  const settings = listSettings(run, route.query);
  const user = route.query.get("user") ?? "";
  const world = route.query.get("world") || route.query.get("in") || String(run.worlds[0]);
  const place = placeOf(run.id, user, world);
  const { data, error } = useAnswer("user", place);
  const shown = shownColumns(route.query, run.id, String(settings.method));
  return html`
    <p class="crumbs"><a href=${link("users", { ...settings, offset: pageOf(route) })}>← Users</a> <${Neighbours} run=${run} route=${route} /></p>
    <h1>${user}</h1>
    <${Problem} error=${error} />
    ${
      data !== null &&
      html`<p>Shows ${data.attributes.map((a) => html`<${Sided} name=${a.attribute} side=${a.side} /> `)}</p>
      <nav class="worlds" aria-label="Worlds">${run.worlds.map((w) => html`<a class="button" href=${changed(route, { world: w, in: null })} aria-current=${String(w) === String(data.world) ? "true" : null}>${worldName(run.worlds, w)}</a>`)}</nav>
      <${Wants} run=${run} data=${data} />
      <${Messages} data=${data} place=${place} />
      <h2>Answers</h2>
      <${Scores} run=${run} data=${data} shown=${shown} route=${route} />
      <div class="answers">
        <${AnswerCard} title="plain answer" run=${run} column=${{ run: run.id, method: null }} detail=${data} />
        ${shown.map((column) => html`<${OtherAnswer} key=${`${column.run}:${column.method}`} runs=${runs} column=${column} data=${data} own=${run.id} />`)}
      </div>`
    }
  `;
}

/** A name with half a surrogate pair is no part of an address; it is asked for as the server's own text has it. */
function placeOf(run: number, user: string, world: number | string): string {
  return new URLSearchParams({ run: String(run), user, world: String(world) }).toString();
}

/** The page of the list that a user stands on. */
function pageOf(route: Route): number | null {
  const at = Number(route.query.get("at") ?? Number.NaN);
  return Number.isNaN(at) || at < 50 ? null : at - (at % 50);
}

/** Answers beside the plain one: "show" names them as run:method, else the list's method. */
function shownColumns(query: URLSearchParams, run: number, method: string): Column[] {
  const named = query.getAll("show").flatMap((text) => (text === "" ? [] : text.split("|")));
  if (named.length === 0) return [{ run, method }];
  return named.map((text) => ({
    run: Number(text.slice(0, text.indexOf(":"))),
    method: text.slice(text.indexOf(":") + 1),
  }));
}

/** An answer of this run is here already; one of another run is asked for. */
function OtherAnswer({
  runs,
  column,
  data,
  own,
}: {
  runs: RunHead[];
  column: Column;
  data: UserDetail;
  own: number;
}) {
  const run = runs[column.run];
  const query = placeOf(column.run, data.user, data.world);
  const other = useAnswer("user", query);
  if (run === undefined) return null;
  const detail = column.run === own ? data : other.data;
  const title = column.run === own ? column.method : `${column.method} · ${run.name}`;
  if (detail === null) return html`<${Problem} error=${other.error} />`;
  const hasOwnPlain = detail.baseline.answer?.text !== data.baseline.answer?.text;
  return html`${hasOwnPlain && html`<${AnswerCard} title=${`plain answer · ${run.name}`} run=${run} column=${{ run: column.run, method: null }} detail=${detail} />`}
    <${AnswerCard} title=${title} run=${run} column=${column} detail=${detail} />`;
}

function Wants({ run, data }: { run: RunHead; data: UserDetail }) {
  const targets = data.answers[0]?.scores ?? [];
  return html`<p>Wants, in ${worldName(run.worlds, data.world)} and untold to every method: ${targets.map(
    (t) =>
      html`<${Sided} name=${t.principle} side=${t.direction} />${targets.length > 1 && ` (weight ${fixed(t.weight)})`} `,
  )}</p>`;
}

function Messages({ data, place }: { data: UserDetail; place: string }) {
  const message = (title: string, shown: ShownText, more: string) =>
    html`<li><h3>${title}</h3><${Text} shown=${shown} more=${`${place}&${more}`} /></li>`;
  return html`<h2>Messages</h2><ol class="messages">
    ${data.history.map((text, i) => message(`History ${i + 1}`, text, `kind=history&at=${i}`))}
    ${data.prompt !== null && message("Prompt that is answered", data.prompt, "kind=prompt")}
  </ol>`;
}

/** Every method's reward for this user; a tick puts its answer beside the plain one. */
function Scores({
  run,
  data,
  shown,
  route,
}: {
  run: RunHead;
  data: UserDetail;
  shown: Column[];
  route: Route;
}) {
  const isShown = (method: string): boolean => shown.some((c) => c.run === run.id && c.method === method);
  const toggle = (method: string) => (): void => {
    const next = isShown(method)
      ? shown.filter((c) => c.run !== run.id || c.method !== method)
      : [...shown, { run: run.id, method }];
    go(changed(route, { show: next.map((c) => `${c.run}:${c.method}`).join("|") || null }));
  };
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Rewards of all methods"><table>
    <thead><tr><th scope="col">show</th><th scope="col">method</th><th scope="col" class="num">reward</th><th scope="col">Δ</th><th scope="col">chosen style</th></tr></thead>
    <tbody>
      <tr><td></td><th scope="row">plain answer</th><td class="num">${fixed(data.baseline.reward)}</td><td></td><td></td></tr>
      ${data.answers
        .filter((a) => run.methods.find((m) => m.name === a.method)?.role !== "baseline")
        .map(
          (a) => html`<tr>
            <td><input type="checkbox" aria-label=${`show ${a.method}`} checked=${isShown(a.method)} onChange=${toggle(a.method)} /></td>
            <th scope="row"><${Method} run=${run} name=${a.method} /></th>
            <td class="num">${fixed(a.reward)}</td><td><${Gain} value=${a.difference} /><span class="hidden">${signed(a.difference)}</span></td>
            <td>${a.label !== null && html`<${Sided} name=${a.label.principle} side=${a.label.direction} />`}</td></tr>`,
        )}
    </tbody></table></div>`;
}

/** The users before and after this one in the list it was opened from; also by the arrow keys. */
function Neighbours({ run, route }: { run: RunHead; route: Route }) {
  const at = Number(route.query.get("at") ?? Number.NaN);
  const [around, setAround] = useState<{ at: number; user: string }[]>([]);
  const settings = listSettings(run, route.query);
  const list = listQuery(settings, Math.max(0, at - 1), 3);
  useEffect(() => {
    if (Number.isNaN(at)) return;
    let isCurrent = true;
    ask("users", list)
      .then(
        (page) =>
          isCurrent && setAround(page.rows.map((row, i) => ({ at: page.offset + i, user: row.user }))),
      )
      .catch(() => isCurrent && setAround([]));
    return () => {
      isCurrent = false;
    };
  }, [list]);
  const step = (by: number): string | null => {
    const found = around.find((a) => a.at === at + by);
    return found === undefined ? null : changed(route, { user: found.user, at: found.at });
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test((event.target as Element).tagName);
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const to =
        by === undefined || isTyping || event.altKey || event.ctrlKey || event.metaKey ? null : step(by);
      if (to !== null) go(to);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
  if (Number.isNaN(at)) return null;
  const button = (title: string, to: string | null) =>
    to === null
      ? html`<span class="button off" aria-disabled="true">${title}</span>`
      : html`<a class="button" href=${to}>${title}</a>`;
  return html`${button("← Previous user", step(-1))} ${button("Next user →", step(1))}`;
}
