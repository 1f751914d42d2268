import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { endLeftServers, TOKEN_VARIABLE } from "./ending.ts";
import { birthOf, membersOf, processSpace } from "./processes.ts";
import { keepRecord, recordsIn, type ServerRecord } from "./records.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
/** A process that is gone, and that nobody else has become: numbers of processes end below this one. */
const GONE = { pid: 4_194_303, born: "an earlier boot/1" };

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "apm-bench-ending-"));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}
/** The leader of a group of its own, which does nothing. */
async function idle(
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; pid: number; born: string }> {
  const child = spawn("sleep", ["60"], {
    detached: true,
    stdio: "ignore",
    env: { PATH: process.env.PATH, ...env },
  });
  const pid = child.pid as number;
  await new Promise((started) => child.once("spawn", started));
  onTestFinished(() => void (membersOf(pid).length > 0 && process.kill(-pid, "SIGKILL")));
  return { child, pid, born: birthOf(pid) };
}
const record = (more: Partial<ServerRecord>): ServerRecord => ({
  ...{ token: TOKEN, command: "vllm serve m", space: processSpace(), owner: GONE },
  ...more,
});
async function ending(left: ServerRecord): Promise<{ told: string[]; kept: number }> {
  const [records, told]: [string, string[]] = [folder(), []];
  keepRecord(records, left);
  await endLeftServers(records, (words) => told.push(words));
  return { told, kept: recordsIn(records).length };
}

describe("a server whose run is gone", () => {
  it("is ended by its group and its time of birth", async () => {
    const { pid, born } = await idle();
    expect(await ending(record({ group: { pid, born } }))).toEqual({
      told: ["ending a server that an earlier run has left behind: vllm serve m"],
      kept: 0,
    });
    expect(membersOf(pid)).toEqual([]);
  });

  it("is ended by its token where its run died before it could write more", async () => {
    const { pid } = await idle({ [TOKEN_VARIABLE]: TOKEN });
    expect((await ending(record({}))).told).toHaveLength(1);
    expect(membersOf(pid)).toEqual([]);
  });

  it("is left alone while its run is at work", async () => {
    const { pid, born } = await idle();
    const owner = { pid: process.pid, born: birthOf(process.pid) };
    expect(await ending(record({ owner, group: { pid, born } }))).toEqual({ told: [], kept: 1 });
    expect(membersOf(pid)).toEqual([pid]);
  });

  it("is not mistaken for somebody else's process that was given its number", async () => {
    const { pid } = await idle();
    const group = { pid, born: "another time" };
    expect(await ending(record({ group }))).toEqual({ told: [], kept: 0 });
    expect(membersOf(pid)).toEqual([pid]);
  });

  it("is left to the machine that it runs on", async () => {
    const { pid, born } = await idle();
    const elsewhere = record({ space: "another host", group: { pid, born } });
    expect(await ending(elsewhere)).toEqual({ told: [], kept: 1 });
    expect(membersOf(pid)).toEqual([pid]);
  });

  it("is not believed in where the record makes no sense", () => {
    const records = folder();
    keepRecord(records, record({ owner: { pid: 1, born: "x" } }));
    keepRecord(records, { ...record({}), group: { pid: -1, born: "" } });
    expect(recordsIn(records)).toEqual([]);
  });
});
