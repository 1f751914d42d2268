import { join } from "node:path";
import { type Pool, shownAttributes, styleLabels } from "../core/artifacts.ts";
import type { System } from "../core/ports/system.ts";
import type { Sample } from "../core/run-record.ts";
import type { Cell, TableColumn } from "../parquet/table.ts";
import { parquetTable, type TableWriter } from "../parquet/write.ts";
import type { PreparedUser } from "../pipeline/prepared.ts";
import { ratingAt } from "../ratings/rating-matrix.ts";
import { cardOf } from "./card.ts";
import { hashOf } from "./hash-file.ts";
import { bundleId, type FileRecord, MANIFEST, type Manifest, type TableName, tableFile } from "./manifest.ts";
import { ANSWERS, candidateColumns, REWARDS, ratingColumn, USERS } from "./tables.ts";

/** A sample with what its answer is, and by which draw of the judge it was scored. */
export interface FrozenAnswer
  extends Pick<Sample, "world" | "method" | "user" | "label" | "answer" | "scores"> {
  readonly kind: "plain" | "candidate" | "own" | "none";
  readonly draw: 1 | 2;
}

/** Writes a frozen set into a folder, a user at a time. */
export interface BundleWriter {
  user(user: PreparedUser, plain?: string | null): void;
  answer(answer: FrozenAnswer): void;
  /** Of hidden worlds, in the order of a user's candidates. @param world numbered from 1 */
  rewards(world: number, user: string, rewards: readonly (number | null)[]): void;
  /** Writes what is left, the manifest and the card. */
  close(manifest: Omit<Manifest, "files">): { readonly manifest: Manifest; readonly id: string };
  discard(): void;
}

export interface BundleParts {
  readonly pool: Pool;
  /** Whether attributes and ratings are told. */
  readonly open: boolean;
  /** Tables that the set has besides `users`. */
  readonly tables: readonly Exclude<TableName, "users">[];
  /** Metadata of each table. */
  readonly about: Readonly<Record<string, string>>;
}

export function bundleWriter(system: System, folder: string, parts: BundleParts): BundleWriter {
  const { pool, open } = parts;
  const labels = styleLabels(pool.principles);
  const columns: Readonly<Record<TableName, readonly TableColumn[]>> = {
    users: USERS,
    candidates: candidateColumns(pool.principles, open),
    answers: ANSWERS,
    rewards: REWARDS,
  };
  const names: readonly TableName[] = ["users", ...parts.tables];
  const tables = new Map<TableName, TableWriter>();
  for (const name of names) {
    const file = system.createFile(join(folder, tableFile(name)));
    tables.set(name, parquetTable(file, columns[name], { about: parts.about }));
  }
  const table = (name: TableName): TableWriter | undefined => tables.get(name);
  return {
    user(user, plain) {
      const { profile, text } = user;
      table("users")?.write({
        user: text.id,
        split: profile.split,
        attributes: open ? JSON.stringify(shownAttributes(pool, profile.attributes)) : null,
        history: JSON.stringify(text.history),
        prompt: text.prompt,
        plain: plain ?? null,
      });
      for (const [row, candidate] of user.candidates.entries()) {
        const { principle, direction } = labels[row]!;
        const ratings: Record<string, Cell> = {};
        if (open)
          for (const [i, p] of pool.principles.entries())
            ratings[ratingColumn(p)] = ratingAt(user.ratings, row, i);
        table("candidates")?.write({
          user: text.id,
          principle,
          direction,
          text: candidate?.text ?? null,
          ...ratings,
        });
      }
    },
    answer({ world, method, user, label, answer, scores, kind, draw }) {
      const start = {
        ...{ world, method, user, kind, draw },
        style_principle: label?.principle ?? null,
        style_direction: label?.direction ?? null,
      };
      // A text that stands in another table is not written again; nor is one twice.
      const text = kind === "own" ? answer : null;
      const judged = scores.length === 0 ? [{ principle: null, score: null }] : scores;
      for (const [i, { principle, score }] of judged.entries())
        table("answers")?.write({ ...start, answer: i === 0 ? text : null, principle, score });
    },
    rewards(world, user, rewards) {
      for (const [i, reward] of rewards.entries())
        table("rewards")?.write({ world, user, ...labels[i]!, reward });
    },
    close(head) {
      const files: Partial<Record<TableName, FileRecord>> = {};
      for (const [name, writer] of tables) {
        const rows = writer.close();
        files[name] = { ...hashOf(system, join(folder, tableFile(name))), rows };
      }
      const manifest: Manifest = { ...head, files };
      const id = bundleId(manifest);
      system.writeFile(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
      system.writeFile(join(folder, "README.md"), cardOf(manifest, id));
      return { manifest, id };
    },
    discard() {
      for (const writer of tables.values()) writer.discard();
    },
  };
}
