import {
  importUser,
  paperConversations,
  paperRatings,
  paperResponses,
} from "../conversations/paper-format.ts";
import { UsageError } from "../core/errors.ts";
import { parseJsonl } from "../core/jsonl.ts";
import type { System } from "../core/ports/system.ts";

/** Files in the JSONL form of the paper's pipeline, and the file to write. */
export interface ImportSettings {
  readonly conversations: string;
  readonly responses?: string | undefined;
  readonly ratings?: string | undefined;
  readonly out: string;
}

export interface ImportedUsers {
  readonly out: string;
  readonly users: number;
  readonly prompts: number;
  readonly withResponses: number;
  readonly withRatings: number;
  /** How many users show each "attribute (side)". */
  readonly attributes: Readonly<Record<string, number>>;
}

/**
 * Users of the paper's own pipeline as test users of ours.
 * @throws UsageError for files of another form, or a user who stands twice
 */
export function importUsers(system: System, settings: ImportSettings): ImportedUsers {
  const responses = byUser(system, settings.responses, paperResponses);
  const ratings = byUser(system, settings.ratings, paperRatings);
  const lines = system.openLines(settings.out);
  const counts = { users: 0, prompts: 0, withResponses: 0, withRatings: 0 };
  const names = new Set<string>();
  const attributes = new Map<string, number>();
  try {
    const file = settings.conversations;
    for (const source of parseJsonl(system.readLines(file), file, paperConversations)) {
      const user = importUser(source, responses.get(source.user_idx), ratings.get(source.user_idx), file);
      if (names.has(user.user)) {
        throw new UsageError(`user ${source.user_idx} stands twice`, {
          where: file,
          remedy: "leave one of the two out",
        });
      }
      names.add(user.user);
      lines.write(JSON.stringify(user));
      counts.users++;
      counts.prompts += user.prompts.length;
      if (user.candidates) counts.withResponses++;
      if (user.ratings) counts.withRatings++;
      for (const { attribute, side } of user.attributes) {
        const name = `${attribute} (${side})`;
        attributes.set(name, (attributes.get(name) ?? 0) + 1);
      }
    }
    if (counts.users === 0) {
      throw new UsageError("there is no user in this file", {
        where: file,
        remedy: "give a JSONL file with one user a line",
      });
    }
  } catch (error) {
    lines.discard();
    throw error;
  }
  lines.close();
  return { out: settings.out, ...counts, attributes: Object.fromEntries(attributes) };
}

/** Records of a file by their user; an absent file has none. */
function byUser<T extends { user_id: string }>(
  system: System,
  file: string | undefined,
  schema: Parameters<typeof parseJsonl<T>>[2],
): Map<string, T> {
  const records = new Map<string, T>();
  if (file === undefined) return records;
  for (const record of parseJsonl(system.readLines(file), file, schema)) records.set(record.user_id, record);
  return records;
}
