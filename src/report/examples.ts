import type { Example, Results, Sample } from "../core/run-record.ts";
import { fixed, signed } from "./format.ts";
import { paragraph, type Section } from "./page/page.ts";
import { escapeHtml } from "./table.ts";

/** Letters of a text that are shown; the viewer shows all. */
const SHOWN = 900;

/** What some users wrote and asked, what they wanted, and every method's answer, side by side; nothing without users. */
export function examplesSection(examples: readonly Example[], results: Results): Section[] {
  if (examples.length === 0) return [];
  const note =
    "The first users in the first world, not picked. No method sees what a user's messages show or what the user wants; those who adapt to it had to find out.";
  const blocks = examples.map((example, i) => exampleBlock(example, i, results));
  return [
    { id: "examples", title: "Answers side by side", body: [paragraph(note, "soft"), ...blocks].join("\n") },
  ];
}

function exampleBlock({ user, samples }: Example, index: number, { methods }: Results): string {
  const shows = user.attributes.map(({ attribute, side }) => (side === "follow" ? "" : "not ") + attribute);
  const wants = samples
    .find(({ scores }) => scores.length > 0)
    ?.scores.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, 1)
    .map(({ principle, direction }) => (direction === "follow" ? "" : "not ") + principle);
  const told = [
    ["Wrote before", user.history.map((message) => `“${shown(message)}”`).join("<br>")],
    ["Which shows", escapeHtml(shows.join(", ") || "nothing in particular")],
    ["Asks", `“${shown(user.prompt)}”`],
    ["Wants an answer that is", escapeHtml(wants?.join(", ") || "unknown")],
  ].map(([term, text]) => `<dt>${term}</dt><dd>${text}</dd>`);
  const answers = methods.flatMap(({ name }) => {
    const sample = samples.find(({ method }) => method === name);
    return sample === undefined ? [] : [answerBlock(name, sample)];
  });
  return `<h3>User ${index + 1}</h3><dl class="terms">${told.join("")}</dl><div class="answers">${answers.join("\n")}</div>`;
}

function answerBlock(name: string, { answer, reward, difference, label }: Sample): string {
  const asked = label === undefined ? "" : `; asked to ${label.direction} “${label.principle}”`;
  const change = difference === null ? "" : ` (${signed(difference, 1)})`;
  return `<article><h4>${escapeHtml(name)}</h4><p class="soft">reward ${fixed(reward, 1)}${change}${escapeHtml(asked)}</p><p class="said">${answer === null ? "no answer" : shown(answer)}</p></article>`;
}

function shown(text: string): string {
  return escapeHtml(text.length <= SHOWN ? text : `${text.slice(0, SHOWN).toWellFormed()} …`);
}
