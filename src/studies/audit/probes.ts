import {
  type AvoidWording,
  type Pool,
  type StyleLabel,
  styleIndex,
  styleLabels,
  type Target,
  type UserProfile,
} from "../../core/artifacts.ts";
import { generateText } from "../../core/generate-text.ts";
import type { LanguageModel } from "../../core/ports/language-model.ts";
import { prompts, styledMessages } from "../../core/prompt/prompts.ts";
import { renderPart, renderPrompt } from "../../core/prompt/template.ts";
import { directionOf } from "../../core/rating-scale.ts";

/** What a probe is told of a user in a world. No method ever is: probes measure what such knowledge would be worth. */
export interface Insider {
  readonly attributes: UserProfile["attributes"];
  /** By the world's mapping, the heaviest first. */
  readonly targets: readonly Target[];
  /** By the stereotype: what a guess from the names would make of them. */
  readonly supposed: readonly Target[];
  readonly prompt: string;
  /** How an instruction to avoid a principle is worded. */
  readonly avoid: AvoidWording | undefined;
}

export interface Probe {
  readonly id: "named" | "stereotype" | "revealed" | "true-target";
  readonly name: string;
  /** Whether it is told something that the world's mapping decides. */
  readonly seesMapping: boolean;
  answer(base: LanguageModel, user: Insider, pool: Pool): Promise<string | null>;
}

/** All without any history. */
export const PROBES: readonly Probe[] = [
  {
    id: "named",
    name: "attributes told",
    seesMapping: false,
    answer: (base, user, pool) => told(base, user.prompt, attributeLines(user, pool)),
  },
  {
    id: "stereotype",
    name: "attributes and stereotype told",
    seesMapping: false,
    answer: (base, user, pool) =>
      told(base, user.prompt, [...attributeLines(user, pool), ...preferenceLines(user.supposed, pool)]),
  },
  {
    id: "revealed",
    name: "attributes and mapping told",
    seesMapping: true,
    answer: (base, user, pool) =>
      told(base, user.prompt, [...attributeLines(user, pool), ...preferenceLines(user.targets, pool)]),
  },
  {
    id: "true-target",
    name: "style of the true first target",
    seesMapping: true,
    answer: async (base, { targets: [first], prompt, avoid }, pool) => {
      if (first === undefined) return null;
      const style = styleLabels(pool.principles, avoid)[styleIndex(first)] as StyleLabel;
      return generateText(base, styledMessages(style, prompt));
    },
  },
];

function told(base: LanguageModel, prompt: string, lines: readonly string[]): Promise<string | null> {
  return generateText(base, renderPrompt(prompts.withAttribute, { known: lines.join("\n"), prompt }));
}

function attributeLines({ attributes }: Insider, pool: Pool): string[] {
  return attributes.flatMap((side, i) =>
    side === 0
      ? []
      : renderPart(prompts.withAttribute, directionOf(side), { attribute: pool.attributes[i] as string }),
  );
}

function preferenceLines(targets: readonly Target[], pool: Pool): string[] {
  return targets.map(({ principle, sign }) =>
    renderPart(prompts.withAttribute, sign === 1 ? "wants" : "refuses", {
      principle: pool.principles[principle] as string,
    }),
  );
}
