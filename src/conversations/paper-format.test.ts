import { describe, expect, it } from "vitest";
import { importUser, paperConversations, paperRatings, paperResponses } from "./paper-format.ts";

const turn = (content: string, role = "user") => ({ role, content });
const source = paperConversations.parse({
  user_idx: 3,
  rewrite_style_attributes: [{ attribute: "verbose", side: "follow" }],
  conversations: [
    {
      conversation_id: 1,
      messages: [turn("be brief", "system"), turn("first"), turn("a", "assistant"), turn("more")],
    },
    { conversation_id: "2", messages: [turn("second")] },
    { conversation_id: "3", messages: [turn("third")] },
  ],
  split: "test",
});
const responses = (asked: string) =>
  paperResponses.parse({
    user_id: "3",
    gt_user_attributes: [],
    current_messages: [turn(asked)],
    responses: [{ attribute: "casual", side: "avoid", response: "Good day." }],
  });

describe("the paper's files", () => {
  it("give the first user turn of each conversation", () => {
    expect(importUser(source, undefined, undefined, "f")).toEqual({
      user: "imported-3",
      attributes: [{ attribute: "verbose", side: "follow" }],
      prompts: ["first", "second", "third"],
    });
  });

  it("with responses, the prompt that they answer is the test prompt", () => {
    const imported = importUser(source, responses("second"), undefined, "f");
    expect(imported.prompts).toEqual(["first", "third", "second"]);
    expect(imported.candidates).toEqual([{ principle: "casual", direction: "avoid", text: "Good day." }]);
    const unknown = importUser(source, responses("another"), undefined, "f");
    expect(unknown.prompts).toEqual(["first", "second", "another"]);
  });

  it("with ratings, scores stand on the follow side; the follow side's own score wins; gaps are left out", () => {
    const score = (attribute: string, side: string, value: number | null) => ({
      attribute,
      side,
      score: value,
    });
    const ratings = paperRatings.parse({
      user_id: 3,
      split: "test",
      ratings: [
        {
          gen_attribute: "casual",
          gen_side: "avoid",
          scores: [
            score("casual", "avoid", 9),
            score("casual", "follow", 3),
            score("gentle", "avoid", 4),
            score("concrete", "follow", null),
          ],
        },
      ],
    });
    expect(importUser(source, undefined, ratings, "f").ratings).toEqual([
      {
        principle: "casual",
        direction: "avoid",
        scores: [
          { principle: "casual", score: 3 },
          { principle: "gentle", score: 7 },
        ],
      },
    ]);
  });

  it("are refused when a conversation has no user turn", () => {
    const silent = {
      ...source,
      conversations: [{ conversation_id: "x", messages: [turn("hi", "assistant")] }],
    };
    expect(() => importUser(silent, undefined, undefined, "f")).toThrow(
      /conversation 1 of user 3 has no user turn/,
    );
  });
});
