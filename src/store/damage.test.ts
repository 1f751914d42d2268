import { openSync, readdirSync, readFileSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/contracts/temporary-folder.ts";
import { contentKey } from "../core/hash.ts";
import type { Store, StoredCall } from "../core/ports/store.ts";
import { rngOf, rootKey } from "../core/random.ts";
import { openSqliteStore } from "./sqlite.ts";

const directory = temporaryFolder();
let files = 0;
const newPath = (): string => join(directory, `${files++}.sqlite`);
const rng = rngOf(rootKey("damage.test"));
const CALLS = 800;
const ARTIFACTS = 20;

const longText = (i: number): string =>
  Array.from({ length: 150 + i }, (_, w) => `word${(w * i) % 97}`).join(" ");
/** Scores, answers, and a few texts that need pages of their own. */
function callAt(i: number): StoredCall {
  if (i % 5 > 0) return { text: `${i % 10}`, finishReason: "stop", inputTokens: 300 + i, outputTokens: 1 };
  const text = i % 100 === 0 ? Buffer.from(noise(i)).toString("hex") : longText(i);
  return {
    text,
    finishReason: "length",
    inputTokens: i,
    outputTokens: 2000,
    ...(i % 3 === 0 ? { reasoning: `because ${i}` } : {}),
    ...(i % 7 === 0
      ? { logprobs: [{ token: "7", logprob: -0.5, top: [{ token: "8", logprob: -1 - i }] }] }
      : {}),
  };
}
const noise = (i: number): number[] => {
  const own = rngOf(rootKey(`bytes ${i}`));
  return Array.from({ length: 6000 }, () => own.int(256));
};
const artifactAt = (i: number): Uint8Array =>
  Uint8Array.from({ length: 10 + 400 * i }, (_, j) => (i + j) % 251);

function fill(store: Store): void {
  for (let i = 0; i < CALLS; i++) store.putCall(contentKey(`call ${i}`), callAt(i));
  for (let i = 0; i < ARTIFACTS; i++) store.putArtifact("vector", contentKey(`${i}`), artifactAt(i));
}

/** Reads everything as a run does: what is absent is made again. Whatever is found must be right. */
function readAndMend(store: Store): { calls: number; artifacts: number } {
  const absent = { calls: 0, artifacts: 0 };
  for (let i = 0; i < CALLS; i++) {
    const found = store.getCall(contentKey(`call ${i}`));
    if (found === undefined) {
      absent.calls++;
      store.putCall(contentKey(`call ${i}`), callAt(i));
    } else if (!isDeepStrictEqual(found, callAt(i))) throw new Error(`call ${i} is wrong`);
  }
  for (let i = 0; i < ARTIFACTS; i++) {
    const found = store.getArtifact("vector", contentKey(`${i}`));
    if (found === undefined) {
      absent.artifacts++;
      store.putArtifact("vector", contentKey(`${i}`), artifactAt(i));
    } else if (!isDeepStrictEqual(found, artifactAt(i))) throw new Error(`artifact ${i} is wrong`);
  }
  return absent;
}

let sound: Buffer;
beforeAll(() => {
  const path = newPath();
  const store = openSqliteStore(path);
  fill(store);
  store.close();
  sound = readFileSync(path);
});

/** A copy of the sound store with other bytes in some places. */
function damagedAt(...places: readonly (readonly [at: number, byte: number])[]): string {
  const path = newPath();
  const bytes = Buffer.from(sound);
  for (const [at, byte] of places) bytes[at] = byte;
  writeFileSync(path, bytes);
  return path;
}

/** A byte after every occurrence of a pattern: pages hold stale copies of rows that were moved. */
function places(pattern: Uint8Array, offset: number, byte: number): [number, number][] {
  const found: [number, number][] = [];
  for (let at = sound.indexOf(pattern); at >= 0; at = sound.indexOf(pattern, at + 1))
    found.push([at + offset, byte]);
  expect(found.length).toBeGreaterThan(0);
  return found;
}

describe("a damaged store", () => {
  it("gives nothing wrong and loses no more than what was hit, wherever a byte changes", () => {
    for (let round = 0; round < 30; round++) {
      const at = rng.int(sound.length);
      const byte = (sound[at] as number) ^ (1 << rng.int(8));
      const path = damagedAt([at, byte]);
      const notes: string[] = [];
      const store = openSqliteStore(path, (note) => notes.push(note));
      const absent = readAndMend(store);
      expect(absent.calls + absent.artifacts, `byte ${at}`).toBeLessThanOrEqual(1);
      // Said in one way or the other: counted as damaged, or the file was made anew.
      if (absent.calls + absent.artifacts > 0) expect(store.countDamaged() + notes.length).toBeGreaterThan(0);
      store.close();
      const mended = openSqliteStore(path);
      expect(readAndMend(mended)).toEqual({ calls: 0, artifacts: 0 });
      expect(mended.countDamaged()).toBe(0);
      expect(mended.countCalls()).toBe(CALLS);
      mended.close();
    }
  });

  it("counts a damaged answer and a damaged key, and takes the new answer in their place", () => {
    const path = damagedAt(
      ...places(Buffer.from("because 735"), 0, 0x58),
      ...places(contentKey("call 7"), 3, 0),
      // After a key of 18 bytes: two bytes of tokens, then the score's text.
      ...places(contentKey("call 8"), 18 + 2, 0x39),
    );
    const store = openSqliteStore(path);
    expect(store.getCall(contentKey("call 8"))).toBeUndefined();
    expect(readAndMend(store)).toEqual({ calls: 3, artifacts: 0 });
    expect(store.countDamaged()).toBe(3);
    store.close();
    const again = openSqliteStore(path);
    expect(readAndMend(again)).toEqual({ calls: 0, artifacts: 0 });
    expect(again.countDamaged()).toBe(0);
    again.close();
  });

  it("is made anew when pages are overwritten, and the old file is kept", () => {
    for (const [from, pages] of [
      [0, 1],
      [1, 1],
      [3, 2],
    ] as const) {
      const path = newPath();
      const bytes = Buffer.from(sound);
      bytes.fill(0x41, 4096 * from, 4096 * (from + pages));
      writeFileSync(path, bytes);
      const notes: string[] = [];
      const store = openSqliteStore(path, (note) => notes.push(note));
      const { calls } = readAndMend(store);
      expect(calls).toBeLessThan(200 * pages);
      store.close();
      expect(notes).toHaveLength(1);
      expect(notes[0]).toMatch(/damaged.*[678]\d\d calls.*damaged-1\.sqlite/);
      expect(readFileSync(path.replace(".sqlite", ".damaged-1.sqlite")).equals(bytes)).toBe(true);
    }
  });

  it("that was cut in the middle gives what is left of it", () => {
    const path = damagedAt();
    truncateSync(path, Math.floor(sound.length / 2));
    const store = openSqliteStore(path);
    const { calls } = readAndMend(store);
    expect(calls).toBeGreaterThan(0);
    expect(calls).toBeLessThan(CALLS);
    store.close();
  });

  it("that breaks while it is in use goes on with what is whole", () => {
    const path = damagedAt();
    const store = openSqliteStore(path);
    const file = openSync(path, "r+");
    for (let page = 8; page < sound.length / 4096; page += 8)
      writeSync(file, Buffer.alloc(40, 0xff), 0, 40, 4096 * page);
    const absent = readAndMend(store);
    expect(absent.calls).toBeLessThan(CALLS / 4);
    store.close();
    expect(readdirSync(directory).some((name) => name.includes("damaged"))).toBe(true);
  });
});
