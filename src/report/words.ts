import { rewardBounds } from "../core/rating-scale.ts";
import type { Results } from "../core/run-record.ts";
import { aboutOf } from "../methods/about.ts";
import { whole } from "./format.ts";
import { paragraph } from "./page/page.ts";
import { escapeHtml } from "./table.ts";

const count = (n: number, one: string): string => `${whole(n)} ${one}${n === 1 ? "" : "s"}`;

/** What a run has asked, for somebody who never heard of the benchmark. */
export function questionWords({ config, users, worlds }: Results): string {
  const history = count(config.historyLength, "message");
  const mapping =
    config.mapping.kind !== "file"
      ? `is drawn at random${worlds.length === 1 ? "" : ` in each of ${whole(worlds.length)} worlds`}, so no stereotype helps: a method has to learn it from other users`
      : "stands in a file of mappings";
  return `${count(users.test, "user")} each wrote ${history} in a manner of their own, and want answers in a style that they never state. Which style goes with which manner ${mapping}. Does it then answer better than the same language model that knows nothing of the user? A judge scores how well each answer shows the wanted style, from ${rewardRange(config)}.`;
}

/** The ends of rewards: "1 to 10". */
export function rewardRange({ judge }: Results["config"]): string {
  const [low, high] = rewardBounds(judge.mapping);
  return `${low} to ${high}`;
}

/** What each method of a run is. */
export function methodsBody(results: Results): string {
  const items = results.methods.map((method) => {
    const about = aboutOf(method);
    const role = { baseline: "baseline", oracle: "check", floor: "check", method: "" }[
      about?.role ?? "method"
    ];
    const kind = role === "" ? "" : ` (${role})`;
    return `<dt>${escapeHtml(method.name)}${kind}</dt><dd>${escapeHtml(about?.summary ?? "a method that this version does not know")}</dd>`;
  });
  return `<dl class="terms">${items.join("")}</dl>`;
}

/** What the pool of a run holds. */
export function poolBody({ config: { pool } }: Results): string {
  const list = (names: readonly string[]): string => names.join(", ");
  return [
    paragraph(`Traits that a user's messages show, or their opposites: ${list(pool.attributes)}.`),
    paragraph(`Styles that an answer can follow or avoid: ${list(pool.principles)}.`),
  ].join("\n");
}
