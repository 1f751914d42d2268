import { z } from "zod";

/** How the judge is asked, and how its answers become scores. */
export const judgeSettings = z
  .strictObject({
    scale: z.literal([10, 100]).describe("the judge is asked for 1 to 10, or for 1 to 100 (see `mapping`)"),
    mapping: z
      .enum(["linear", "tenth"])
      .describe(
        "how answers on 1 to 100 become scores: `linear` (to 1 to 10), or `tenth` as in the paper (divided by ten: 0.1 to 10, the avoid side 1 to 10.9)",
      ),
    sees: z
      .enum(["answer", "prompt-and-answer"])
      .describe(
        "what the judge is shown: the answer alone, or with the message that it answers, as in the paper",
      ),
    retries: z
      .int()
      .min(1)
      .max(10)
      .describe("how often a judge is asked at most before a score counts as missing"),
    weighted: z
      .boolean()
      .describe("score = sum of score times its token probability; the server must give log-probabilities"),
    constrain: z
      .enum(["auto", "off"])
      .describe(
        "`auto`: the judge is held to the scale's numbers, as its server can (grammar, choices or JSON schema); `off`: it writes what it likes",
      ),
    order: z
      .enum(["text-first", "property-first"])
      .describe(
        "what the judge is shown first; with the text first, a server that caches the beginnings of prompts reads it once for all of its ratings",
      ),
    ratings: z
      .enum(["all", "targets"])
      .describe("rate candidates on all principles, or only on those that some world weighs for the user"),
  })
  .partial();
