import { basePrompts } from "../../src/catalog/base-prompts.ts";

/** One line of the paper's file of rewritten users. */
export interface PaperUser {
  readonly user_idx: number;
  readonly rewrite_style_attributes: readonly {
    readonly attribute: string;
    readonly side: "follow" | "avoid";
  }[];
  readonly conversations: readonly {
    readonly conversation_id: string;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
  }[];
}

/** What a user with an attribute adds to every message; both sides of one attribute speak differently. */
const MANNERS = [
  { attribute: "enthusiastic", side: "follow", adds: "Wow! I am so excited!" },
  { attribute: "verbose", side: "follow", adds: "I would like a comprehensive and detailed account of it." },
  { attribute: "unpolished", side: "follow", adds: "hey can you tell me about this stuff" },
  { attribute: "unpolished", side: "avoid", adds: "Could you please explain it properly?" },
] as const;

/** Made-up users in the paper's form, `perUser` conversations of two turns each. */
export function paperUsers(users: number, perUser: number): PaperUser[] {
  const texts = basePrompts("train");
  return Array.from({ length: users }, (_, u) => {
    const { attribute, side, adds } = MANNERS[u % MANNERS.length]!;
    return {
      user_idx: u,
      rewrite_style_attributes: [{ attribute, side }],
      conversations: Array.from({ length: perUser }, (_, c) => ({
        conversation_id: `c${u}-${c}`,
        messages: [
          { role: "user", content: `${texts[(u * perUser + c) % texts.length]!.text} ${adds}` },
          { role: "assistant", content: "Here is what I know." },
        ],
      })),
    };
  });
}

/** The text of a JSON Lines file. */
export const linesFile = (records: readonly unknown[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");
