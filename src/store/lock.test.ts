import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/contracts/temporary-folder.ts";
import { UsageError } from "../core/errors.ts";
import { lockDirectory } from "./lock.ts";

const root = temporaryFolder();
let directories = 0;
const newDirectory = (): string => join(root, `${directories++}`);
const lockUrl = JSON.stringify(new URL("./lock.ts", import.meta.url).href);
const holding = `
  const { lockDirectory } = await import(${lockUrl});
  lockDirectory(process.argv[1]);
  console.log("held");
  setInterval(() => {}, 1000);
`;

async function childHolding(directory: string) {
  const child = spawn(process.execPath, ["--input-type=module", "-e", holding, directory]);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child;
}

/** Rewrites the lock file that a live process would have left. */
function leave(directory: string, change: object): void {
  lockDirectory(directory);
  const path = join(directory, "lock.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...change }));
}

describe("lockDirectory", () => {
  it("makes the directory, holds it against this process too, and lets go", () => {
    const directory = newDirectory();
    const lock = lockDirectory(directory);
    expect(() => lockDirectory(directory)).toThrow(UsageError);
    lock.release();
    lock.release();
    expect(readdirSync(directory)).toEqual([]);
    lockDirectory(directory).release();
  });

  it("refuses a second process by the holder's id, and takes over when the holder was killed", async () => {
    const directory = newDirectory();
    const child = await childHolding(directory);
    expect(() => lockDirectory(directory)).toThrow(new RegExp(`in use by process ${child.pid}$`));
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    lockDirectory(directory).release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it("tidies up after processes that were killed while they took it, and leaves those alone that still do", () => {
    const directory = newDirectory();
    leave(directory, { pid: 2 ** 22 + 1 });
    const stale = readFileSync(join(directory, "lock.json"), "utf8");
    const living = stale.replace(/"pid":\d+/, `"pid":${process.pid}`);
    writeFileSync(join(directory, "lock.4194305.77.json"), stale);
    writeFileSync(join(directory, "lock.4194305.77.json.stale"), "");
    utimesSync(join(directory, "lock.4194305.77.json.stale"), 0, 0);
    writeFileSync(join(directory, `lock.${process.pid}.78.json`), living);
    writeFileSync(join(directory, "lock.notes.json"), "somebody else's");
    lockDirectory(directory).release();
    expect(readdirSync(directory).sort()).toEqual([`lock.${process.pid}.78.json`, "lock.notes.json"]);
  });

  it.runIf(existsSync("/proc/self/stat"))("sees that a process id was given to another process", () => {
    const directory = newDirectory();
    leave(directory, { born: "another boot/1" });
    lockDirectory(directory).release();
  });

  it("takes over a lock that a full disk cut short", () => {
    const directory = newDirectory();
    lockDirectory(directory);
    writeFileSync(join(directory, "lock.json"), '{"pid": 12');
    lockDirectory(directory).release();
  });

  it("leaves the lock of another host alone and says how to remove it", () => {
    const directory = newDirectory();
    leave(directory, { host: "elsewhere", pid: 1 });
    expect(() => lockDirectory(directory)).toThrow(/process 1 on host elsewhere/);
  });

  it("does not remove a lock that has changed hands", () => {
    const directory = newDirectory();
    const lock = lockDirectory(directory);
    writeFileSync(join(directory, "lock.json"), "someone else's");
    lock.release();
    expect(existsSync(join(directory, "lock.json"))).toBe(true);
  });

  it("says when the directory cannot be written", () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    expect(() => lockDirectory(join(file, "run"))).toThrow(UsageError);
  });

  it("gives a stale lock to one of many processes that want it at once", () => {
    const directory = newDirectory();
    leave(directory, { pid: spawnSync("true").pid });
    // Whoever gets it holds it until all have tried.
    const racing = `
      const { lockDirectory } = await import(${lockUrl});
      const { readdirSync, writeFileSync } = await import("node:fs");
      const tried = process.argv[2];
      let held = false;
      try { lockDirectory(process.argv[1]); held = true; console.log("held"); } catch {}
      writeFileSync(tried + "/" + process.pid, "");
      while (held && readdirSync(tried).length < 5) await new Promise((done) => setTimeout(done, 5));
    `;
    const tried = newDirectory();
    mkdirSync(tried);
    const script = `for i in 1 2 3 4 5; do "$0" --input-type=module -e "$1" "$2" "$3" & done; wait`;
    const args = ["-c", script, process.execPath, racing, directory, tried];
    const run = spawnSync("bash", args, { encoding: "utf8" });
    expect(run.stdout).toBe("held\n");
  });
});
