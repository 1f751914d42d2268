import { spawn, spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/contracts/temporary-folder.ts";
import { ApmError, UsageError } from "../core/errors.ts";
import { contentKey } from "../core/hash.ts";
import type { StoredCall } from "../core/ports/store.ts";
import { migrate } from "./schema.ts";
import { openSqliteStore } from "./sqlite.ts";
import { storeError } from "./store-errors.ts";

const directory = temporaryFolder();
let files = 0;
const newPath = (): string => join(directory, `${files++}.sqlite`);
const seven: StoredCall = { text: "7", finishReason: "stop", inputTokens: 400, outputTokens: 1 };
const turn = (): Promise<void> => new Promise(setImmediate);

/** What `run` throws, which must be an error for users. */
function failureOf(run: () => unknown): ApmError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ApmError);
    expect((error as ApmError).remedy).toBeTruthy();
    return error as ApmError;
  }
  throw new Error("nothing was thrown");
}

/** A child process that puts numbered calls as fast as it can and names each turn's last one once it is over. */
const writer = `
  const { openSqliteStore } = await import(${JSON.stringify(new URL("./sqlite.ts", import.meta.url).href)});
  const { contentKey } = await import(${JSON.stringify(new URL("../core/hash.ts", import.meta.url).href)});
  const { writeSync } = await import("node:fs");
  const store = openSqliteStore(process.argv[1]);
  try {
    for (let i = store.countCalls(); ; i++) {
      store.putCall(contentKey("call " + i), { text: "answer " + i, finishReason: "stop", inputTokens: i, outputTokens: 2 });
      if (i % 37 === 0) { await new Promise(setImmediate); await new Promise(setImmediate); writeSync(1, i + "\\n"); }
    }
  } catch (error) { writeSync(1, "failed: " + error.message + "\\n"); process.exit(9); }
`;

describe("sqlite store", () => {
  it("loses no call of a finished turn when the process is killed", async () => {
    const path = newPath();
    for (let round = 0; round < 4; round++) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", writer, path]);
      let told = "";
      let errors = "";
      child.stderr.on("data", (data) => (errors += data));
      await new Promise<void>((resolve) => {
        child.on("exit", () => resolve());
        child.stdout.on("data", (data) => {
          told += data;
          if (told.split("\n").length > 2 + 6 * round) child.kill("SIGKILL");
        });
      });
      const lines = told.trim().split("\n");
      const last = Number(lines.at(-1));
      expect(last, errors).toBeGreaterThan(0);
      const store = openSqliteStore(path);
      for (let i = 0; i <= last; i++) {
        if (store.getCall(contentKey(`call ${i}`))?.inputTokens !== i) throw new Error(`call ${i} is lost`);
      }
      store.close();
    }
  });

  it("ends clearly when the disk takes no more, and goes on from there when it does again", () => {
    const path = newPath();
    const limited = spawnSync(
      "bash",
      [
        "-c",
        `trap "" XFSZ; ulimit -f 2048; exec "$0" --input-type=module -e "$1" "$2"`,
        process.execPath,
        writer,
        path,
      ],
      { encoding: "utf8" },
    );
    expect(limited.status, limited.stderr).toBe(9);
    const told = limited.stdout.trim().split("\n");
    expect(told.at(-1)).toMatch(/^failed: the disk (failed|is full)/);
    const store = openSqliteStore(path);
    const last = Number(told.at(-3)); // the turn told last may be the one whose write failed
    expect(last).toBeGreaterThan(1000);
    for (let i = 0; i <= last; i++) expect(store.getCall(contentKey(`call ${i}`))?.inputTokens).toBe(i);
    store.putCall(contentKey("one more"), seven);
    store.close();
  });

  it("reports a failed write at the next put and at flush, and keeps the calls until they can be written", async () => {
    const path = newPath();
    const store = openSqliteStore(path);
    const other = new DatabaseSync(path);
    other.exec("CREATE TRIGGER refuse BEFORE INSERT ON calls BEGIN SELECT raise(ABORT, 'no room'); END");
    store.putCall(contentKey("a"), seven);
    await turn();
    expect(failureOf(() => store.putCall(contentKey("b"), seven)).message).toMatch(/no room/);
    failureOf(() => store.flush());
    expect(store.getCall(contentKey("a"))).toEqual(seven);
    other.exec("DROP TRIGGER refuse");
    store.flush();
    expect(store.countCalls()).toBe(2);
    store.putCall(contentKey("c"), seven);
    store.close();
    other.close();
  });

  it("can be read by another connection while it is written", async () => {
    const path = newPath();
    const store = openSqliteStore(path);
    store.putCall(contentKey("a"), seven);
    await turn();
    const reader = openSqliteStore(path);
    expect(reader.getCall(contentKey("a"))).toEqual(seven);
    store.putCall(contentKey("b"), seven);
    await turn();
    expect(reader.getCall(contentKey("b"))).toEqual(seven);
    expect(reader.countCalls()).toBe(2);
    reader.close();
    store.close();
  });

  it("takes the first answer when two connections put one call", async () => {
    const path = newPath();
    const [one, other] = [openSqliteStore(path), openSqliteStore(path)];
    one.putCall(contentKey("a"), seven);
    other.putCall(contentKey("a"), { ...seven, text: "8" });
    one.flush();
    other.flush();
    await turn();
    for (const store of [one, other, openSqliteStore(path)]) {
      expect(store.getCall(contentKey("a"))?.text).toBe("7");
      expect(store.countCalls()).toBe(1);
      store.close();
    }
  });

  it("takes under 60 bytes for a judge's score, and half of a long answer's length", () => {
    const path = newPath();
    const store = openSqliteStore(path);
    for (let i = 0; i < 20_000; i++) store.putCall(contentKey(`${i}`), { ...seven, inputTokens: 300 + i });
    store.close();
    expect(statSync(path).size / 20_000).toBeLessThan(60);
    const answers = newPath();
    const long = openSqliteStore(answers);
    const text = readFileSync(new URL("./sqlite.ts", import.meta.url), "utf8").slice(0, 4000);
    for (let i = 0; i < 500; i++) long.putCall(contentKey(`${i}`), { ...seven, text: `${i} ${text}` });
    long.close();
    expect(statSync(answers).size / 500).toBeLessThan(2600);
  });
});

describe("files that are no store, or not of this version", () => {
  it("are refused with a remedy and left as they are", () => {
    const text = newPath();
    writeFileSync(text, "this is a text file\n".repeat(200));
    expect(failureOf(() => openSqliteStore(text)).message).toMatch(/not a store/);
    expect(readFileSync(text, "utf8")).toMatch(/^this is a text file/);

    const foreign = newPath();
    const db = new DatabaseSync(foreign);
    db.exec("CREATE TABLE moz_places (id INTEGER)");
    db.close();
    const refused = failureOf(() => openSqliteStore(foreign));
    expect(refused).toBeInstanceOf(UsageError);
    expect(refused.message).toMatch(/another program/);
  });

  it("of a newer schema are refused", () => {
    const path = newPath();
    openSqliteStore(path).close();
    const db = new DatabaseSync(path);
    db.exec("CREATE TABLE of_later_days (id INTEGER); PRAGMA user_version = 99");
    db.close();
    const refused = failureOf(() => openSqliteStore(path));
    expect(refused).toBeInstanceOf(UsageError);
    expect(refused.message).toMatch(/schema 99/);
  });

  it("in a directory that is missing or no directory", () => {
    const file = newPath();
    writeFileSync(file, "");
    expect(failureOf(() => openSqliteStore(join(directory, "none", "x.sqlite"))).message).toMatch(/opened/);
    expect(failureOf(() => openSqliteStore(join(file, "x.sqlite"))).remedy).toMatch(/directory/);
  });
});

describe("migrations", () => {
  const columns = (db: DatabaseSync) => db.prepare("SELECT name FROM pragma_table_info('t')").all().length;

  it("run the missing steps only, together or not at all", () => {
    const db = new DatabaseSync(newPath());
    const steps = ["CREATE TABLE t (a)", "ALTER TABLE t ADD b", "ALTER TABLE t ADD c; ALTER TABLE t ADD c"];
    migrate(db, "x", steps.slice(0, 1));
    migrate(db, "x", steps.slice(0, 2));
    migrate(db, "x", steps.slice(0, 2));
    expect(columns(db)).toBe(2);
    expect(() => migrate(db, "x", steps)).toThrow(/duplicate column/);
    expect(columns(db)).toBe(2);
    expect(db.prepare("PRAGMA user_version").get()).toEqual({ user_version: 2 });
    db.close();
  });

  it("names a full disk", () => {
    const db = new DatabaseSync(newPath());
    db.exec("CREATE TABLE t (a); PRAGMA max_page_count = 3");
    const full = failureOf(() => {
      try {
        db.exec("INSERT INTO t VALUES (zeroblob(50000))");
      } catch (error) {
        throw storeError(error, "runs/x/calls.sqlite");
      }
    });
    expect(full.message).toMatch(/disk is full/);
    expect(full.where).toBe("runs/x/calls.sqlite");
    db.close();
  });
});
