import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { ReproduceRecord } from "../../src/studies/reproduce/record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { spawnCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const ARGS = ["reproduce", "all", "--model", "sim", "--scale", "0.1", "--out", "paper"];
const finishedCells = (): number => globSync(join(folder, "paper", "cells", "*", "cell.json")).length;

it("the paper's grid at a tenth, killed after its first cells, ends with every cell", async () => {
  const killed = spawnCli(ARGS, folder);
  while (finishedCells() < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  killed.child.kill("SIGKILL");
  await killed.done;
  const before = finishedCells();
  expect(existsSync(join(folder, "paper", "all.json"))).toBe(false);

  const { code, stderr } = await spawnCli(ARGS, folder).done;
  expect(code, stderr).toBe(0);
  expect(stderr.match(/finished before/g)).toHaveLength(before);
  const record: ReproduceRecord = JSON.parse(readFileSync(join(folder, "paper", "all.json"), "utf8"));
  const finished = record.cells.filter(({ state }) => state === "finished");
  expect([finished.length, record.cells.length]).toEqual([22, 26]);
  const deltaOf = (target: string, setting: string, method: string): number => {
    const cell = finished.find((of) => of.target === target && of.setting === setting);
    return cell!.methods.find(({ id }) => id === method)!.delta!;
  };
  // What the paper's claims have in common with any world in which histories tell of their users.
  for (const { methods } of finished.filter(({ target }) => target === "main-grid" || target === "fig5")) {
    const [best] = methods.toSorted((a, b) => b.delta! - a.delta!);
    expect(best!.id).toBe("routing-oracle");
  }
  expect(deltaOf("main-grid", "m = 1", "routing")).toBeGreaterThan(0);
}, 3_600_000);
