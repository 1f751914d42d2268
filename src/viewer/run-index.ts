import { existsSync, renameSync, rmSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Sample, UserRecord } from "../core/run-record.ts";
import { RUN_FILES } from "../run-folder/run-directory.ts";
import { INDEX_TABLES, indexWriter } from "./index-tables.ts";
import { readLinesFrom, readRecord } from "./read-lines.ts";

/** Name of the index beside the run; it can be removed at any time. */
const INDEX_FILE = "view.sqlite";

type Source = "users" | "samples";
const SOURCES: readonly Source[] = ["users", "samples"];

/**
 * A run's users and samples by place and number, without their texts: those are read from the run's own files when
 * they are shown. Built once, a slice at a time, and kept beside a finished run; a run that goes on is followed.
 */
export interface RunIndex {
  readonly db: DatabaseSync;
  /** Share of the files' bytes that is indexed, 0 to 1. */
  readonly indexed: number;
  /** Lines that were left out because they are damaged. */
  readonly damaged: number;
  /** Takes in one slice of what is new; returns whether there may be more. */
  advance(isLive: boolean): boolean;
  user(offset: number, length: number): UserRecord;
  sample(offset: number, length: number): Sample;
  close(): void;
}

export function openRunIndex(dir: string): RunIndex {
  let db = new DatabaseSync(":memory:");
  let writer = start(db);
  let places: Record<Source, { inode: number; end: number }> = unread();
  let stamp = "";
  let share = 0;
  let damaged = 0;

  const reset = (): void => {
    db.close();
    db = new DatabaseSync(":memory:");
    writer = start(db);
    places = unread();
    stamp = "";
    share = 0;
    damaged = 0;
  };

  /** Takes a kept index of exactly these files; returns whether there was one. */
  const loadKept = (wanted: string): boolean => {
    const path = join(dir, INDEX_FILE);
    if (!existsSync(path)) return false;
    let kept: DatabaseSync | undefined;
    try {
      kept = new DatabaseSync(path, { readOnly: true });
      if (kept.prepare("SELECT value FROM stamp").get()?.value !== wanted) throw new Error("of other files");
    } catch {
      kept?.close();
      return false;
    }
    db.close();
    db = kept;
    return true;
  };

  const keep = (value: string): void => {
    const path = join(dir, INDEX_FILE);
    const part = `${path}.${process.pid}.part`;
    try {
      db.prepare("INSERT INTO stamp VALUES (?)").run(value);
      rmSync(part, { force: true });
      db.prepare("VACUUM INTO ?").run(part);
      renameSync(part, path);
    } catch {
      // A folder that cannot be written: the index is made anew next time.
      rmSync(part, { force: true });
    }
  };

  const advance = (isLive: boolean): boolean => {
    const files = SOURCES.map((source) => fileOf(dir, source, isLive));
    const now = files.map((f) => (f === null ? "-" : `${f.stat.size}/${f.stat.mtimeMs}`)).join(" ");
    if (now === stamp) return false;
    if (stamp !== "" || SOURCES.some((s, i) => wasReplaced(places[s], files[i]?.stat))) reset();
    const isNew = SOURCES.every((s) => places[s].end === 0);
    if (!isLive && isNew && loadKept(`${INDEX_VERSION} ${now}`)) {
      [stamp, share] = [now, 1];
      return false;
    }
    let more = false;
    for (const [i, source] of SOURCES.entries()) {
      const file = files[i];
      // Users come first in a run, so samples wait for them.
      if (file === null || file === undefined || more) continue;
      const { lines, end } = readLinesFrom(file.path, places[source].end);
      damaged += writer[source](lines);
      places[source] = { inode: file.stat.ino, end };
      more = end < file.stat.size && lines.length > 0;
    }
    const sizes = files.reduce((sum, f) => sum + (f?.stat.size ?? 0), 0);
    share = sizes === 0 ? 0 : Math.min(1, (places.users.end + places.samples.end) / sizes);
    if (!more && !isLive && files.every((f) => f !== null)) {
      // The last line of a file that was cut never ends.
      if (share < 1) damaged++;
      [stamp, share] = [now, 1];
      if (damaged === 0) keep(`${INDEX_VERSION} ${now}`);
    }
    return more;
  };

  const record = (source: Source, offset: number, length: number): unknown => {
    const live = join(dir, `${RUN_FILES[source]}.part`);
    const isOfPart = existsSync(live) && statSync(live).ino === places[source].inode;
    return readRecord(isOfPart ? live : join(dir, RUN_FILES[source]), offset, length);
  };

  return {
    get db() {
      return db;
    },
    get indexed() {
      return share;
    },
    get damaged() {
      return damaged;
    },
    advance,
    user: (offset, length) => record("users", offset, length) as UserRecord,
    sample: (offset, length) => record("samples", offset, length) as Sample,
    close: () => db.close(),
  };
}

/** Raised when the tables change, so that a kept index of another form is not taken. */
const INDEX_VERSION = 1;

function start(db: DatabaseSync): ReturnType<typeof indexWriter> {
  db.exec(INDEX_TABLES);
  return indexWriter(db);
}

function unread(): Record<Source, { inode: number; end: number }> {
  return { users: { inode: 0, end: 0 }, samples: { inode: 0, end: 0 } };
}

/** The file as it stands: of a run that goes on the part that is being written, else the finished one. */
function fileOf(dir: string, source: Source, isLive: boolean): { path: string; stat: Stats } | null {
  const path = join(dir, RUN_FILES[source]);
  for (const candidate of isLive ? [`${path}.part`, path] : [path]) {
    const stat = statSync(candidate, { throwIfNoEntry: false });
    if (stat !== undefined) return { path: candidate, stat };
  }
  return null;
}

/** A part keeps its inode when it gets its final name. */
function wasReplaced(place: { inode: number; end: number }, stat: Stats | undefined): boolean {
  return place.end > 0 && (stat === undefined || stat.ino !== place.inode || stat.size < place.end);
}
