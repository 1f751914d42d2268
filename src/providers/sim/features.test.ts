import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extractFeatures, FEATURE_COUNT, FEATURE_IDS, type FeatureId, featureIndex } from "./features.ts";
import { FEATURE_TABLE } from "./features-table.ts";

const PLAIN =
  "Bread rises when yeast turns sugar into gas. The dough holds the gas, and the oven sets it. Flour with more protein holds more of it.";
const feature = (text: string, id: FeatureId) => extractFeatures(text)[featureIndex(id)]!;

/** A sentence that has the property, and is otherwise as plain as may be. */
const EXAMPLES: Partial<Record<FeatureId, string>> = {
  contractions: "It's warm and you'll see that it doesn't stick.",
  slang: "Yeah, that stuff is gonna be awesome, dude.",
  formalConnectives: "Furthermore, one may proceed in accordance with the rule; consequently, it holds.",
  exclamations: "What a loaf! Look at it!",
  intensifiers: "The crust is very thin and extremely dark.",
  emotionWords: "I love the smell, it is wonderful and I am happy.",
  hedges: "It may be the flour, perhaps, but it depends.",
  boosters: "It is definitely the flour, without a doubt.",
  directives: "Mix the flour. You should wait. Make sure it rests.",
  steps: "1. Mix it.\n2. Rest it.\n3. Bake it.",
  secondPerson: "You keep your bowl near you.",
  inclusive: "Let's bake it together, and we share our loaf.",
  glosses: "Gluten, which means the stretchy part, is also known as seitan; put simply, a net.",
  jargon: "The API returns JSON, and the algorithm caches the query.",
  numbers: "Bake 2 loaves of 800 grams for 45 minutes.",
  particulars: "Hard flour, for example Manitoba from Canada, such as the one from Turin.",
  opposingViews: "However, critics disagree; on the other hand, some people see it otherwise.",
  persuasion: "The benefits are proven, it is well worth it, and you won't regret it.",
  softeners: "Perhaps a little water, if you like, and take your time.",
  reassurance: "Don't worry, that's fine and perfectly normal, take a breath.",
  questions: "How warm is it? Which flour is it?",
  lists: "- flour\n- water\n- **salt**",
  typos: "The doguh is realy wet,and teh flour is is old.",
  lowercase: "the dough is wet. so i wait. then i bake.",
  hypothetical: "Imagine a loaf without salt. What if yeast were to fail? Suppose it did.",
  constraints: "Use at most one bowl, exactly one pan, and no more than that.",
  worry: "I'm worried that it will go wrong, what if I mess it up.",
  politeness: "Hello, could you please help, thank you in advance.",
  opinions: "I think, in my opinion, that it is overrated; personally I prefer rye.",
  humor: "Plot twist: the yeast is a tiny ninja, haha, no joke.",
  coldness: "That is irrelevant. No further comment. It does not matter.",
};

describe("features", () => {
  it("are all shown by an example of their own, well beyond plain text", () => {
    for (const [id, example] of Object.entries(EXAMPLES) as [FeatureId, string][]) {
      expect(feature(`${PLAIN} ${example}`, id), id).toBeGreaterThan(feature(PLAIN, id) + 0.5);
    }
    const shown = new Set<string>([...Object.keys(EXAMPLES), "length", "sentenceLength", "longWords"]);
    expect(FEATURE_IDS.filter((id) => !shown.has(id))).toEqual([]);
  });

  it("measure length, sentence length and long words", () => {
    expect(feature(`${PLAIN} ${PLAIN}`, "length")).toBeGreaterThan(feature(PLAIN, "length") + 0.5);
    expect(feature(PLAIN.replaceAll(". ", ", and "), "sentenceLength")).toBeGreaterThan(
      feature(PLAIN, "sentenceLength") + 0.5,
    );
    expect(feature("Fermentation considerably transforms carbohydrates.", "longWords")).toBeGreaterThan(0.4);
  });

  it("are the same for straight and curled apostrophes, and for any case of a word", () => {
    expect(extractFeatures("It’s fine, don’t worry")).toEqual(extractFeatures("It's fine, don't worry"));
    expect(feature("The dough is VERY wet.", "intensifiers")).toBe(
      feature("The dough is very wet.", "intensifiers"),
    );
  });

  it("tell a contraction from a genitive", () => {
    expect(feature("That's the baker's bread.", "contractions")).toBe(
      feature("That's the village bread.", "contractions"),
    );
  });

  it("end no sentence at an abbreviation or inside a number", () => {
    expect(feature("Add salt, e.g. 1.5 grams, to it.", "sentenceLength")).toBeGreaterThan(
      feature("Add salt. About grams. To it.", "sentenceLength"),
    );
  });

  it("say less of a short text than of a long one with the same rate", () => {
    const once = "It may be the flour that is at fault here today.";
    expect(feature(once, "hedges")).toBeLessThan(feature(`${once} `.repeat(8), "hedges"));
    expect(Math.abs(feature("Maybe.", "softeners"))).toBeLessThan(3.5);
  });

  it("stay within their limit for any text, and are all finite", () => {
    const texts = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[a-z!?.,'\n*\d-]{0,300}$/));
    fc.assert(
      fc.property(texts, fc.constantFrom("answer" as const, "message" as const), (text, kind) => {
        const features = extractFeatures(text, kind);
        expect(features).toHaveLength(FEATURE_COUNT);
        for (const value of features) expect(Math.abs(value)).toBeLessThan(4);
      }),
    );
  });

  it("have pinned values", () => {
    const text = "Hi! I'm worried: could you please tell me, in exactly 50 words, why bread rises? thanks";
    const marked = FEATURE_TABLE.flatMap(({ id }, f) => {
      const value = extractFeatures(text, "message")[f]!;
      return Math.abs(value) > 0.5 ? [`${id} ${value.toFixed(3)}`] : [];
    });
    expect(marked).toMatchInlineSnapshot(`
      [
        "length -1.266",
        "sentenceLength -1.969",
        "longWords -1.103",
        "contractions 1.735",
        "exclamations 1.639",
        "hedges 1.837",
        "secondPerson 1.488",
        "numbers 1.715",
        "softeners 1.837",
        "questions 0.671",
        "lowercase 1.596",
        "constraints 1.891",
        "worry 3.003",
        "politeness 3.657",
      ]
    `);
  });
});
