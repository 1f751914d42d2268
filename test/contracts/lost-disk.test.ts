import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createSimModel } from "../../src/providers/sim/model.ts";
import { openSqliteStore } from "../../src/store/sqlite.ts";
import { spawnCli } from "../support/run-cli.ts";
import { faultServer } from "./fault-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
const server = await faultServer({ model: createSimModel(), delayMs: 10 });
afterAll(() => server.close());

/** Starts a run in `out` and gives what came of it, once `at` requests have arrived and `then` was done. */
async function run(out: string, at = 0, then: () => void = () => {}) {
  const file = join(folder, "config.json");
  writeFileSync(
    file,
    JSON.stringify({
      pool: "k2",
      users: { train: 8, validation: 2, test: 6 },
      conversations: { perUser: 3 },
      worlds: 1,
      methods: ["none", "routing"],
      statistics: { resamples: 20, permutations: 20 },
      concurrency: 16,
      models: { base: { provider: "openai", model: "sim", baseUrl: server.baseUrl, seed: 0 } },
      out,
    }),
  );
  const before = server.log.length;
  const { done } = spawnCli(["run", file], folder);
  let ended = false;
  void done.then(() => (ended = true));
  while (at > 0 && !ended && server.log.length < before + at) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  then();
  const { code, stderr } = await done;
  const requests = server.log.slice(before);
  return { code, stderr, answered: requests.filter(({ answeredAt }) => answeredAt !== undefined).length };
}

describe("a run whose place is taken away in the middle", () => {
  it.each([
    ["its directory", (out: string) => rmSync(out, { recursive: true })],
    ["its store", (out: string) => rmSync(join(out, "calls.sqlite"))],
  ])("says that %s is gone, and fails", async (what, remove) => {
    const out = join(folder, what.slice(4));
    const { code, stderr } = await run(out, 40, () => remove(out));
    expect(code).toBe(1);
    expect(stderr).toMatch(/store was deleted[\s\S]*where: .*calls\.sqlite[\s\S]*to do:/);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(existsSync(join(out, "results.json"))).toBe(false);
  });
});

const shell = (command: string, path: string) => spawnSync("bash", ["-c", command, path]);

/** A file system of its own, of that many kilobytes; undefined where this user may not mount one. */
function smallDisk(name: string, kilobytes: number): string | undefined {
  const path = join(folder, name);
  mkdirSync(path);
  const mounted = shell(`mount -t tmpfs -o size=${kilobytes}k tmpfs "$0"`, path);
  return mounted.status === 0 ? path : undefined;
}
const disks: string[] = [];
afterAll(() => {
  for (const disk of disks) shell('umount -l "$0"', disk);
});
const isRoot = process.getuid?.() === 0 && process.platform === "linux";

describe.runIf(isRoot)("a disk that is full", () => {
  it.for([
    ["from the start", 0],
    ["all but", 64],
    ["before long", 700],
  ] as const)(
    "%s: all that was answered is kept, the message names the disk, and the next run pays for the rest",
    async ([name, left], { skip }) => {
      const disk = smallDisk(name, 3000);
      if (disk === undefined) return skip("this user may not mount a file system");
      disks.push(disk);
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(join(disk, "filler"), Buffer.alloc(bavail * bsize - 1024 * left));
      const out = join(disk, "run");
      const { code, stderr, answered } = await run(out);
      expect(code).toBe(1);
      expect(stderr).toMatch(/the disk is full/);
      expect(stderr).toMatch(/to do: free some space|to do: make room/);
      rmSync(join(disk, "filler"));
      if (left > 500) expect(answered).toBeGreaterThan(16);
      else expect(answered).toBe(0);
      if (answered > 0) {
        const store = openSqliteStore(join(out, "calls.sqlite"));
        expect(store.countCalls()).toBe(answered);
        store.close();
      }
      const rest = await run(out);
      expect(rest.code, rest.stderr).toBe(0);
      const ids = server.log.map(({ id }) => id).slice(-answered - rest.answered);
      expect(new Set(ids).size).toBe(ids.length);
    },
  );
});
