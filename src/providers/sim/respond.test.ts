import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import pools from "../../../catalog/pools.json" with { type: "json" };
import { MALFORMED, withoutCode } from "../../../test/support/well-formed.ts";
import type { ChatMessage } from "../../core/ports/language-model.ts";
import {
  fencedMessages,
  fenceOf,
  plainMessages,
  prompts,
  styledMessages,
} from "../../core/prompt/prompts.ts";
import { renderPart, renderPrompt } from "../../core/prompt/template.ts";
import { extractFeatures } from "./features.ts";
import { createSimModel } from "./model.ts";
import { traitVector } from "./traits.ts";
import { FUNCTION_WORDS } from "./writing/reading-words.ts";

const folder = new URL("../../../catalog/prompts/", import.meta.url);
const base = readdirSync(folder)
  .flatMap((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as { text: string }[])
  .map(({ text }) => text);
const every = (step: number): string[] => base.filter((_, i) => i % step === 0);

const principles = [...new Set(Object.values(pools).flatMap((pool) => pool.principles))];
const poles =
  "verbose terse formal casual warm cold serious playful objective subjective structured unstructured";
const styles = [...new Set([...principles, ...poles.split(" ")])];

const model = (options?: Record<string, number>) => {
  const sim = createSimModel({ options });
  return async (messages: ChatMessage[], sample = 0): Promise<string> =>
    (await sim.generate({ messages, sample })).text;
};
const along = (trait: string, text: string): number => {
  const vector = traitVector(trait);
  return extractFeatures(text).reduce((sum, value, i) => sum + value * (vector[i] as number), 0);
};
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Mean projection of answers to follow, to no instruction, and to avoid. */
async function projections(answer: ReturnType<typeof model>, trait: string, prompts: readonly string[]) {
  const over = async (messagesOf: (prompt: string) => ChatMessage[]): Promise<number> =>
    mean(await Promise.all(prompts.map(async (prompt) => along(trait, await answer(messagesOf(prompt))))));
  return {
    follow: await over((prompt) => styledMessages({ principle: trait, direction: "follow" }, prompt)),
    plain: await over(plainMessages),
    avoid: await over((prompt) => styledMessages({ principle: trait, direction: "avoid" }, prompt)),
  };
}

describe("the responder", () => {
  it.each(styles)("realises both sides of %j", async (style) => {
    const { follow, plain, avoid } = await projections(model(), style, every(10));
    expect(follow).toBeGreaterThan(plain + 0.15);
    expect(plain).toBeGreaterThan(avoid + 0.1);
    expect(follow - avoid).toBeGreaterThan(0.7);
  });

  it("without obedience takes no notice of instructions", async () => {
    const deaf = model({ obedience: 0, avoidObedience: 0 });
    for (const style of ["persuasive", "casual", "prescriptive"]) {
      const { follow, avoid } = await projections(deaf, style, base);
      expect(Math.abs(follow - avoid)).toBeLessThan(0.15);
    }
  });

  it("avoids less well than it follows, and more obedience is more of it", async () => {
    const gap = async (obedience: number): Promise<number> => {
      const { follow, plain } = await projections(model({ obedience }), "gentle", every(6));
      return follow - plain;
    };
    const [none, some, all] = [await gap(0), await gap(0.3), await gap(1)];
    expect(Math.abs(none)).toBeLessThan(0.3);
    expect(some).toBeGreaterThan(none + 0.4);
    expect(all).toBeGreaterThan(some + 0.4);
  });

  const answersUnder = async (
    answer: ReturnType<typeof model>,
    messagesOf: (prompt: string) => ChatMessage[],
  ) =>
    mean(
      await Promise.all(every(5).map(async (prompt) => along("casual", await answer(messagesOf(prompt))))),
    );

  it("moves towards liked examples and away from disliked ones", async () => {
    const answer = model();
    const side = (direction: "follow" | "avoid", question: string) =>
      answer(styledMessages({ principle: "casual", direction }, question));
    const shown = async (likesCasual: boolean): Promise<number> => {
      const blocks = await Promise.all(
        base.slice(0, 3).map(async (question) => {
          const [casual, stiff] = [await side("follow", question), await side("avoid", question)];
          const [liked, disliked] = likesCasual ? [casual, stiff] : [stiff, casual];
          return renderPart(prompts.ragExemplar, "example", {
            question,
            liked,
            disliked,
            fence: fenceOf(question, liked, disliked),
          });
        }),
      );
      const examples = blocks.join("");
      return answersUnder(answer, (prompt) => renderPrompt(prompts.ragExemplar, { examples, prompt }));
    };
    expect(await shown(true)).toBeGreaterThan((await shown(false)) + 1);
  });

  it("moves towards described preferences", async () => {
    const described = (preference: string): Promise<number> => {
      const preferences = renderPart(prompts.ragSummary, "preference", { preference });
      return answersUnder(model(), (prompt) => renderPrompt(prompts.ragSummary, { preferences, prompt }));
    };
    expect(await described("Prefers a casual style.")).toBeGreaterThan(
      (await described("Dislikes anything casual.")) + 0.7,
    );
  });

  it("mirrors the manner of a history, and only when it has that strength", async () => {
    const history = fencedMessages(prompts.inContext, [
      "yo, gimme the gist lol. thx dude!",
      "hey, it's kinda nuts!",
    ]);
    const mirrored = (mirror: number): Promise<number> =>
      answersUnder(model({ mirror }), (prompt) => renderPrompt(prompts.inContext, { history, prompt }));
    expect(await mirrored(0.4)).toBeGreaterThan((await mirrored(0)) + 0.5);
  });

  it("obeys the traits in any other system message, with their negation", async () => {
    const told = (content: string): Promise<number> =>
      answersUnder(model(), (prompt) => [
        { role: "system", content },
        { role: "user", content: prompt },
      ]);
    const plain = await answersUnder(model(), plainMessages);
    expect(await told("Answer in a casual tone.")).toBeGreaterThan(plain + 0.7);
    expect(await told("Answer, but do not be casual.")).toBeLessThan(plain - 0.1);
  });
});

describe("answers as texts", () => {
  const answersTo = async (asked: readonly string[]): Promise<string[]> => {
    const answer = model();
    return Promise.all(
      asked.map((prompt, i) => {
        const principle = styles[i % styles.length] as string;
        return answer(
          i % 3 === 0 ? plainMessages(prompt) : styledMessages({ principle, direction: "follow" }, prompt),
          i,
        );
      }),
    );
  };
  it("speak about the prompt", async () => {
    const answers = await answersTo(base);
    const naming = base.filter((prompt, i) => {
      const words = prompt.toLowerCase().match(/[a-z]{3,}/g) ?? [];
      const named = new Set((answers[i] as string).toLowerCase().match(/[a-z]{3,}/g));
      return words.some((word) => named.has(word) && !FUNCTION_WORDS.has(word));
    });
    expect(naming.length / base.length).toBeGreaterThan(0.96);
  });

  it("are well-formed", async () => {
    for (const answer of await answersTo(base)) {
      const text = withoutCode(answer);
      expect(text).not.toMatch(MALFORMED);
      expect(text.length).toBeGreaterThan(20);
    }
  });

  it("begin sentences with a capital unless somebody typed without any", async () => {
    const plain = await Promise.all(base.map((prompt) => model({ deviation: 0 })(plainMessages(prompt))));
    const lower = plain.filter((text) => /(?:^|[.!?] |\n)(?:- |\d\. )?[a-z]/.test(withoutCode(text)));
    expect(lower.length / plain.length).toBeLessThan(0.01);
  });

  it("hardly ever repeat", async () => {
    const answers = await answersTo([...base, ...base, ...base, ...base]);
    expect(1 - new Set(answers).size / answers.length).toBeLessThan(0.002);
  });

  it("are 60 to 200 words long as a rule", async () => {
    const lengths = await Promise.all(
      base.map(async (prompt) => (await model()(plainMessages(prompt))).split(/\s+/).length),
    );
    const usual = lengths.filter((words) => words >= 40 && words <= 200).length;
    expect(usual / lengths.length).toBeGreaterThan(0.85);
    expect(mean(lengths)).toBeGreaterThan(70);
  });

  it.each([
    "",
    " ",
    "?",
    "😀😀😀",
    "東京で何を食べるべきですか?",
    "¿Cómo cocino arroz?",
    "x".repeat(50_000),
    "why ".repeat(9_000),
  ])("come for odd prompts too (%#)", async (prompt) => {
    const text = await model()(plainMessages(prompt));
    expect(text.length).toBeGreaterThan(20);
    expect(text.length).toBeLessThan(5_000);
  });
});
