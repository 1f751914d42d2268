import { hash, randomBytes } from "node:crypto";
import { bundleWriter } from "../../bundle/write.ts";
import type { DrawnKind } from "../../core/config/ids.ts";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import type { Results } from "../../core/run-record.ts";
import { simulatedRoles } from "../../core/simulated.ts";
import type { Watcher } from "../../core/watch.ts";
import type { PreparedUser } from "../../pipeline/prepared.ts";
import { rewardsIn } from "../../pipeline/world-view.ts";
import { readResults } from "../../run-folder/run-directory.ts";
import { commitmentOf, HIDDEN_BITS, hiddenWorld } from "../../world/hidden.ts";
import { openFinishedRun } from "./finished-run.ts";
import { type FreezeSettings, type FrozenSet, headOf, refuseFreezing } from "./freeze.ts";

export interface HiddenSettings extends FreezeSettings {
  /** How many hidden worlds. */
  readonly hidden: number;
  /** Folder of the organiser's set. */
  readonly organiser: string;
}

/** What participants get, and what stays with the organiser until the reveal. */
export interface HiddenSets {
  readonly published: FrozenSet;
  readonly organiser: FrozenSet;
}

/** A smaller seed can be guessed, and the users' attributes follow from it. */
const SMALLEST_SEED = 2 ** 40;

/**
 * Freezes a finished run with worlds that nobody knows. Participants get the train users' rewards in them, and of no user attributes
 * or ratings, from which the mapping would follow. Users have new names in a new order, since the old ones tell how
 * attributes are balanced.
 * @param drawBits 32 hexadecimal digits of true randomness
 * @throws UsageError for a run whose users are not secret, or whose candidates are not rated on every principle
 */
export async function freezeHidden(
  system: System,
  dir: string,
  settings: HiddenSettings,
  watcher: Watcher,
  drawBits: () => string = () => randomBytes(HIDDEN_BITS / 8).toString("hex"),
): Promise<HiddenSets> {
  const results = readResults(system, dir);
  const { config } = results;
  for (const folder of [settings.out, settings.organiser]) refuseFreezing(system, dir, results, folder);
  const kind = hideable(results, dir);
  const bits = Array.from({ length: settings.hidden }, drawBits);
  const worlds = bits.map((own, i) =>
    hiddenWorld(own, kind, config.pool.principles.length, i + 1, config.mapping.k),
  );
  const commitments = bits.map(commitmentOf);

  const users: { user: PreparedUser; plain: string | null }[] = [];
  const finished = await openFinishedRun(system, dir, watcher);
  const replaced = await finished
    .eachUser((user, plain = null) => void users.push({ user: renamed(user, bits), plain }))
    .finally(() => finished.close());
  const order = ["train", "validation", "test"];
  const place = ({ profile }: PreparedUser): string => `${order.indexOf(profile.split)} ${profile.id}`;
  users.sort((a, b) => (place(a.user) < place(b.user) ? -1 : 1));

  const simulated = simulatedRoles(results);
  const about: Readonly<Record<string, string>> =
    simulated.length > 0 ? { simulated: simulated.join(", ") } : {};
  const { pool } = config;
  const [published, organiser] = [
    bundleWriter(system, settings.out, { pool, open: false, tables: ["candidates", "rewards"], about }),
    bundleWriter(system, settings.organiser, { pool, open: true, tables: ["candidates"], about }),
  ];
  for (const { user, plain } of users) {
    published.user(user, plain);
    organiser.user(user, plain);
    if (user.profile.split === "test") continue;
    for (const world of worlds)
      published.rewards(world.seed, user.profile.id, rewardsIn(user, world, config.targets));
  }
  // The usual name holds the run's seed.
  const name = settings.name ?? `${pool.name ?? "own pool"}, ${worlds.length} hidden worlds`;
  const { worlds: _, ...head } = headOf(results, { ...settings, name });
  const { train, validation, test } = results.users;
  const told = {
    ...head,
    simulated,
    // The run's own seed would give the attributes away.
    config: { ...head.config, seed: seedOf(commitments), worlds: worlds.map(({ seed }) => seed) },
    users: { train, validation, test, replaced },
  };
  const open = published.close({ ...told, ratedTest: false, hidden: { commitments } });
  const closed = organiser.close({ ...told, worlds, hidden: { commitments, bits, published: open.id } });
  return {
    published: { out: settings.out, ...open },
    organiser: { out: settings.organiser, ...closed },
  };
}

/** How the hidden worlds are drawn. @throws UsageError for a run that none can be added to */
function hideable({ config }: Results, dir: string): DrawnKind {
  const { kind } = config.mapping;
  const fail = (message: string, remedy: string): UsageError =>
    new UsageError(message, { where: dir, remedy });
  if (kind === "file")
    throw fail(
      "the mapping of this run is a file",
      "freeze a run whose mapping.kind is drawn, such as signed-permutation",
    );
  if (config.judge.ratings !== "all")
    throw fail(
      "the candidates of this run are rated on some principles alone, and a hidden world may weigh others",
      "make the run with judge.ratings all",
    );
  if (Math.abs(config.seed) < SMALLEST_SEED || config.users.testFile !== undefined)
    throw fail(
      "the users of this run are no secret: their attributes follow from its seed, which can be guessed, or stand in a file",
      `make the run anew with a secret seed of 13 digits or more, such as seed=${"x".repeat(15)} with random digits`,
    );
  return kind;
}

/** The same user under a name that tells nothing of the order in which users were made. */
function renamed(user: PreparedUser, bits: readonly string[]): PreparedUser {
  const { profile, text } = user;
  const id = `${profile.split}-${hash("sha256", `${bits.join(" ")} ${profile.id}`, "hex").slice(0, 12)}`;
  return { ...user, profile: { ...profile, id }, text: { ...text, id } };
}

/** A seed for what methods draw: it follows from what is published. */
function seedOf(commitments: readonly string[]): number {
  return Number.parseInt(hash("sha256", commitments.join(" "), "hex").slice(0, 8), 16) >>> 1;
}
