import { useEffect, useState } from "preact/hooks";
import { fixed, signed } from "../src/report/format.ts";
import type { JudgeOutput, RunHead, ShownText, UserDetail } from "../src/viewer/api-types.ts";
import { ask } from "./api.ts";
import { html } from "./html.ts";
import { Method, Problem, Sided } from "./parts.ts";
import { Text } from "./text.ts";

/** Whose answer: a method of a run, or `null` for the plain one. */
export interface Column {
  readonly run: number;
  readonly method: string | null;
}

/** One answer with its scores and, on demand, what the judge wrote. */
export function AnswerCard({
  title,
  run,
  column,
  detail,
}: {
  title: string;
  run: RunHead;
  column: Column;
  detail: UserDetail;
}) {
  const found = column.method === null ? null : detail.answers.find((a) => a.method === column.method);
  if (found === undefined)
    return html`<article class="answer"><h3>${title}</h3><p class="soft">no answer of this method</p></article>`;
  const answer: ShownText | null = found === null ? detail.baseline.answer : found.answer;
  const place = new URLSearchParams({
    run: String(column.run),
    user: detail.user,
    world: String(detail.world),
  });
  place.set("kind", found === null ? "baseline" : "answer");
  if (found !== null) place.set("method", found.method);
  const targets = (found ?? detail.answers[0])?.scores ?? [];
  return html`<article class="answer">
    <h3>${found === null ? title : html`<${Method} run=${run} name=${column.method} />${title !== column.method && html` <span class="soft">${run.name}</span>`}`}</h3>
    <p class="figures-line"><span>reward <strong>${fixed(found === null ? detail.baseline.reward : found.reward)}</strong></span>
      ${found !== null && html`<span>Δ <strong>${signed(found.difference)}</strong></span>`}
      ${found?.label && html`<span>style <${Sided} name=${found.label.principle} side=${found.label.direction} /></span>`}</p>
    ${found !== null && html`<ul class="scores">${found.scores.map((s) => html`<li><${Sided} name=${s.principle} side=${s.direction} />: score <strong>${fixed(s.score)}</strong>${found.scores.length > 1 && `, weight ${fixed(s.weight)}`}</li>`)}</ul>`}
    ${answer === null ? html`<p class="soft">The model gave no answer.</p>` : html`<${Text} shown=${answer} more=${place.toString()} />`}
    ${answer !== null && targets.map((t) => html`<${JudgeWords} key=${`${place} ${t.principle}`} place=${place.toString()} principle=${t.principle} />`)}
  </article>`;
}

/** The judge's raw output for one answer and principle, read from the store when it is asked for. */
function JudgeWords({ place, principle }: { place: string; principle: string }) {
  const [output, setOutput] = useState<JudgeOutput | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (!isOpen || output !== null) return;
    const query = new URLSearchParams(place);
    query.set("principle", principle);
    ask("judge", query).then(setOutput, (problem: Error) => setError(problem.message));
  }, [isOpen]);
  const onToggle = (event: { currentTarget: HTMLDetailsElement }): void => setOpen(event.currentTarget.open);
  return html`<details class="judge" onToggle=${onToggle}><summary>What the judge wrote on “${principle}”</summary>
    <${Problem} error=${error} />
    ${output !== null && output.asks.length === 0 && html`<p class="soft">Nothing is stored for it.</p>`}
    ${output?.asks.map(
      (
        a,
        i,
      ) => html`<div><p class="soft">${output.model}, ask ${i + 1}${a.finishReason === "stop" ? "" : `, ended by ${a.finishReason}`}</p>
        ${a.reasoning !== null && html`<h4>Reasoning</h4><${Text} shown=${a.reasoning} more=${null} /><h4>Answer</h4>`}
        <${Text} shown=${a.text} more=${null} /></div>`,
    )}
  </details>`;
}
