import { render } from "preact";
import type { RunHead } from "../src/viewer/api-types.ts";
import { useAnswer } from "./api.ts";
import { Compare } from "./compare.ts";
import { html } from "./html.ts";
import { Overview } from "./overview.ts";
import { link, type Route, useRoute } from "./routes.ts";
import { User } from "./user.ts";
import { Users } from "./users.ts";

const VIEWS = { overview: Overview, users: Users, user: User, compare: Compare } as const;
const TABS = [
  ["overview", "Overview"],
  ["users", "Users"],
  ["compare", "Compare"],
] as const;

/** How often the list of runs is looked at again while one of them is not finished. */
const LIVE_MS = 2_000;

function App() {
  const route = useRoute();
  const { data: runs, error } = useAnswer("runs", "", (all) =>
    all.some((r) => r.state !== "finished") ? LIVE_MS : null,
  );
  if (error !== null && runs === null) return html`<p class="error" role="alert">${error}</p>`;
  if (runs === null) return html`<p>Loading …</p>`;
  const run = runs[Number(route.query.get("run") ?? 0)] ?? (runs[0] as RunHead);
  const view = Object.hasOwn(VIEWS, route.view) ? (route.view as keyof typeof VIEWS) : "overview";
  document.title = `${TABS.find(([id]) => id === view)?.[1] ?? route.query.get("user") ?? "apm-bench"} · ${run.name} · apm-bench`;
  return html`
    <${Bar} runs=${runs} run=${run} view=${view} />
    <main id="main">
      ${run.simulated !== "" && html`<p class="banner" role="note">${run.simulated}</p>`}
      <${VIEWS[view]} key=${`${view}/${run.id}`} run=${run} runs=${runs} route=${route} />
    </main>
  `;
}

function Bar({ runs, run, view }: { runs: RunHead[]; run: RunHead; view: string; route?: Route }) {
  const current = view === "user" ? "users" : view;
  return html`
    <header class="bar">
      <span class="brand">apm-bench</span>
      <nav aria-label="Views">
        ${TABS.map(([id, title]) => html`<a href=${link(id, { run: run.id })} aria-current=${id === current ? "page" : null}>${title}</a>`)}
      </nav>
      <nav class="runs" aria-label="Runs">
        ${runs.map((r) => html`<a href=${link("overview", { run: r.id })} aria-current=${runs.length > 1 && r.id === run.id ? "true" : null} title=${r.name}>${shortName(r.name)}${r.state === "finished" ? "" : html` <span class="state ${r.state}">${r.state}</span>`}</a>`)}
      </nav>
    </header>
  `;
}

/** The end of a long path says more than its beginning. */
function shortName(name: string): string {
  return name.length > 36 ? `…${name.slice(-35)}` : name;
}

const root = document.getElementById("app") as HTMLElement;
root.replaceChildren();
render(html`<${App} />`, root);
