import type { BaseConversation, Pool, UserProfile } from "../core/artifacts.ts";
import { mapConcurrent } from "../core/concurrency.ts";
import { ProviderError } from "../core/errors.ts";
import { type Gauge, NO_GAUGE, refusal, shortfallOf } from "../core/gauge.ts";
import type { GenerateRequest, LanguageModel } from "../core/ports/language-model.ts";
import { fenceOf, prompts } from "../core/prompt/prompts.ts";
import { renderPart, renderPrompt } from "../core/prompt/template.ts";
import { endedText, marksOf } from "./run-on.ts";

/** Why a rewrite cannot be used. Such a user is dropped and replaced (spec section 2). */
export type RewriteFailure = "empty" | "truncated" | "refused" | "names the attribute";

export type Rewrite = { readonly text: string } | { readonly failure: RewriteFailure };

/** The lines that tell a rewriter how the user writes: one per active attribute. */
export function traitLines(pool: Pool, attributes: UserProfile["attributes"]): string {
  return attributes
    .flatMap((side, i) =>
      side === 0
        ? []
        : [
            renderPart(prompts.rewrite, side === 1 ? "follow" : "avoid", {
              trait: pool.attributes[i] as string,
            }),
          ],
    )
    .join("\n");
}

/** The request for the rewrite of a base prompt in a user's manner. @param voice as of `rewritePrompts` */
export function rewriteRequests(
  pool: Pool,
  { attributes }: UserProfile,
  voice: string,
): (prompt: string) => GenerateRequest {
  const traits = traitLines(pool, attributes);
  const habits = voice === "" ? "" : renderPart(prompts.rewrite, "voice", { habits: voice });
  return (prompt) => {
    const fence = fenceOf(prompt);
    const messages = renderPrompt(prompts.rewrite, { traits, voice: habits, prompt, fence });
    return { messages, sample: 0, stop: marksOf(fence) };
  };
}

/**
 * Restates base prompts in a user's manner, in order.
 * @param voice the user's writing habits, or "" for none
 * @param gauge told how each rewrite ended
 */
export async function rewritePrompts(
  rewriter: LanguageModel,
  pool: Pool,
  profile: UserProfile,
  voice: string,
  conversations: readonly BaseConversation[],
  gauge: Gauge = NO_GAUGE,
): Promise<Rewrite[]> {
  const active = pool.attributes.filter((_, i) => profile.attributes[i] !== 0);
  const request = rewriteRequests(pool, profile, voice);
  return mapConcurrent(conversations, conversations.length, async ({ prompt }) => {
    try {
      const result = await rewriter.generate(request(prompt));
      const fence = fenceOf(prompt);
      const { text, ending } = endedText(result.text, fence, result.finishReason === "length");
      const shortfall = shortfallOf(
        ending === undefined ? { ...result, text } : { ...result, text, finishReason: "stop" },
        false,
      );
      if (shortfall !== undefined) {
        gauge.nothing(shortfall);
        if (result.finishReason === "length") return { failure: "truncated" };
        return { failure: result.finishReason === "filter" ? "refused" : "empty" };
      }
      if (active.some((name) => names(text, name) && !names(prompt, name))) {
        gauge.nothing({ what: "names the attribute that it should only show", words: text });
        return { failure: "names the attribute" };
      }
      gauge.usable();
      if (ending !== undefined) gauge.ended?.(ending);
      return { text };
    } catch (error) {
      if (!(error instanceof ProviderError) || error.failure !== "request") throw error;
      gauge.nothing(refusal(error));
      return { failure: "refused" };
    }
  });
}

/** Whether a text holds the attribute's name as words of its own. */
function names(text: string, attribute: string): boolean {
  const lower = text.toLowerCase();
  const name = attribute.toLowerCase();
  for (let at = lower.indexOf(name); at >= 0; at = lower.indexOf(name, at + 1)) {
    const before = lower[at - 1] ?? " ";
    const after = lower[at + name.length] ?? " ";
    if (!/[\p{L}\p{N}]/u.test(before) && !/[\p{L}\p{N}]/u.test(after)) return true;
  }
  return false;
}
