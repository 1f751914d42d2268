import { join } from "node:path";
import { cardOf } from "../../bundle/card.ts";
import { MANIFEST, type Manifest, TABLES, tableFile } from "../../bundle/manifest.ts";
import { checkTables, openBundle } from "../../bundle/open.ts";
import { bundleUsers, type OpenBundle, wrong } from "../../bundle/read-users.ts";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { rewardsIn } from "../../pipeline/world-view.ts";
import { findBundle } from "./find.ts";

/** Pieces of a table that are copied at once. */
const PIECE = 1 << 20;

/**
 * Writes an organiser's set as everybody may have it from a day on. It stays the same set, by the same id.
 * @param date ISO date of the reveal
 * @throws UsageError for a set without hidden worlds, or one that was changed
 */
export function revealBundle(system: System, folder: string, out: string, date: string): OpenBundle {
  const bundle = openBundle(system, folder);
  const { hidden } = bundle.manifest;
  if (hidden?.bits === undefined) {
    throw new UsageError("this is no organiser's set: it has no hidden worlds to reveal", {
      where: folder,
      remedy: "give the folder that `apm-bench data freeze` wrote for the organiser",
    });
  }
  checkTables(system, bundle);
  const manifest: Manifest = { ...bundle.manifest, hidden: { ...hidden, revealed: date } };
  for (const name of TABLES) if (manifest.files[name]) copy(system, tableFile(name), bundle.folder, out);
  system.writeFile(join(out, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  system.writeFile(join(out, "README.md"), cardOf(manifest, bundle.id));
  return { folder: out, manifest, id: bundle.id };
}

function copy(system: System, name: string, from: string, to: string): void {
  const source = system.openFile(join(from, name));
  const target = system.createFile(join(to, name));
  for (let at = 0; at < source.byteLength; at += PIECE)
    target.write(new Uint8Array(source.slice(at, Math.min(at + PIECE, source.byteLength))));
  source.close();
  target.close();
}

/**
 * Checks that a revealed set is the one that participants were given: the same users, the worlds that were committed to, and
 * train rewards that follow from them and the ratings.
 * @throws UsageError naming what differs
 */
export async function verifyReveal(system: System, published: string, revealed: string): Promise<number> {
  const [open, whole] = [await findBundle(system, published), await findBundle(system, revealed)];
  for (const bundle of [open, whole]) checkTables(system, bundle);
  const { worlds, hidden, config } = whole.manifest;
  if (worlds === undefined || hidden?.published !== open.id) {
    throw new UsageError("this set is not the reveal of that one", {
      where: `${revealed}, ${published}`,
      remedy: "give the set that participants had, then the revealed one",
    });
  }
  if (hidden.commitments.join() !== open.manifest.hidden?.commitments.join())
    throw wrong("the commitments are not those that were published", revealed);
  const given = bundleUsers(system, open);
  let users = 0;
  for await (const user of bundleUsers(system, whole)) {
    const { value } = await given.next();
    const { id, split, history, prompt, candidates, ratings, attributes } = user;
    const place = `${revealed}, user ${id}`;
    const texts = JSON.stringify([id, split, history, prompt, candidates]);
    if (
      !value ||
      texts !== JSON.stringify([value.id, value.split, value.history, value.prompt, value.candidates])
    )
      throw wrong("this user is not the one that participants had", place);
    users++;
    if (split === "test") continue;
    const profile = { id, split, attributes: attributes ?? [] };
    const prepared = { profile, text: { id, history, prompt }, candidates, ratings, columns: [] };
    const rewards = worlds.map((world) => rewardsIn(prepared, world, config.targets));
    if (JSON.stringify(rewards) !== JSON.stringify(value.rewards))
      throw wrong("the rewards that participants had do not follow from the revealed worlds", place);
  }
  return users;
}
