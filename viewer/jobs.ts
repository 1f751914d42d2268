import type { JobsState } from "../src/core/events.ts";
import { whole } from "../src/report/format.ts";
import { html } from "./html.ts";

/** How the jobs of a run that several machines share stand, who does them, and what was given up and why. */
export function Jobs({ jobs }: { jobs: JobsState }) {
  const { phase, waiting, active, done, failed, workers, callsPerSecond, secondsLeft, failures } = jobs;
  const left =
    secondsLeft === null ? "" : ` · about ${whole(Math.ceil(secondsLeft / 60))} min left for ${phase}`;
  return html`<div class="jobs">
    <p>${whole(workers)} ${workers === 1 ? "worker" : "workers"} · ${callsPerSecond.toFixed(1)} calls/s${left}</p>
    <dl class="states" aria-label="Jobs by state">
      ${(
        [
          ["waiting", waiting],
          ["at work", active],
          ["done", done],
          ["given up", failed],
        ] as const
      ).map(([state, count]) => html`<dt>${state}</dt><dd class="number">${whole(count)}</dd>`)}
    </dl>
    ${
      failures.length > 0 &&
      html`<ul class="notes" aria-label="Jobs that were given up">${failures.map(
        ({ name, reason, tries }) => html`<li>${name}, after ${whole(tries)} tries: ${reason}</li>`,
      )}</ul>`
    }
  </div>`;
}
