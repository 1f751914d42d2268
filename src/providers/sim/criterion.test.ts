import { describe, expect, it } from "vitest";
import { prompts } from "../../core/prompt/prompts.ts";
import { renderPart } from "../../core/prompt/template.ts";
import {
  criterionMessages,
  type Grounds,
  NAIVE_CRITERIA,
  type NaiveCriterion,
} from "../../judge/criteria.ts";
import { createSimModel } from "./model.ts";
import { KNOWN_TRAITS, traitVector } from "./traits.ts";
import { mentionsIn } from "./writing/recognise.ts";

const exact = createSimModel({ options: { judgeNoise: 0, judgeBias: 0, unparsableRate: 0 } });
const told = (trait: string, side: "follow" | "avoid" = "follow") =>
  renderPart(prompts.rewrite, side, { trait });

async function score(
  criterion: NaiveCriterion,
  text: string,
  grounds: Partial<Grounds> = {},
): Promise<number> {
  const all = { prompt: "How do I grow basil?", profile: told("verbose"), persona: "A baker.", ...grounds };
  const messages = criterionMessages(criterion, text, all, 10, "f");
  return Number((await exact.generate({ messages, sample: 0 })).text);
}

const PLAIN = "Basil is grown from seed. The soil is kept moist. The pot is placed in the sun.";
const TO_YOU =
  "You can grow basil in your kitchen. Shall we look at your window first? If you keep your pot in the sun, you are fine, and you will have your own leaves.";
const CARELESS = "idk just put teh seeds in dirt or somthing";
const UNSURE =
  "It might perhaps be the soil, though that depends. Possibly the light matters, but I could be wrong, and it may vary.";

describe("naive criteria, judged by the simulated model", () => {
  it("sees quality in care, and personalization in how the reader is spoken to", async () => {
    expect(await score("quality", PLAIN)).toBeGreaterThan(await score("quality", CARELESS));
    for (const criterion of ["personalization", "profile", "persona"] as const) {
      expect(await score(criterion, TO_YOU), criterion).toBeGreaterThan(await score(criterion, PLAIN));
    }
  });

  it("supposes that users like their own manner: from a profile on either side, and from a persona's words", async () => {
    const unsure = { profile: told("acknowledges uncertainty") };
    const sure = { profile: told("acknowledges uncertainty", "avoid") };
    expect(await score("profile", UNSURE, unsure)).toBeGreaterThan(await score("profile", UNSURE, sure));
    const formal = { persona: "A formal librarian." };
    const casual = { persona: "A casual librarian." };
    expect(await score("persona", CARELESS, casual)).toBeGreaterThan(
      await score("persona", CARELESS, formal),
    );
    expect(await score("personalization", UNSURE, unsure)).toBe(await score("personalization", UNSURE, sure));
  });

  it("answers every criterion with a score, probabilities included", async () => {
    const sim = createSimModel();
    for (const criterion of NAIVE_CRITERIA) {
      const grounds = { prompt: "Why?", profile: told("anxious"), persona: "A baker." };
      const messages = criterionMessages(criterion, TO_YOU, grounds, 10, "f");
      const { text, logprobs } = await sim.generate({ messages, sample: 1, topLogprobs: 10 });
      expect(Number(text)).toBeGreaterThanOrEqual(1);
      expect(logprobs?.[0]?.token).toBe(text);
    }
  });

  it("understands the system prompts of the study as the one trait that each is about", () => {
    const meant: Record<string, string> = {
      "faked-personalization": "personalized",
      "low-quality": "low quality",
      "high-quality": "high quality",
    };
    for (const part of Object.keys(prompts.respondVariant.parts)) {
      const found = mentionsIn(renderPart(prompts.respondVariant, part, {}), "anything");
      const names = found.map(({ direction, sign }) => [
        KNOWN_TRAITS.find((name) => traitVector(name) === direction),
        sign,
      ]);
      expect(names, part).toEqual([[meant[part] ?? part, 1]]);
    }
  });
});
