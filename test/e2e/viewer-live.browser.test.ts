import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Results, Sample } from "../../src/core/run-record.ts";
import { interval, signed } from "../../src/report/format.ts";
import type { ProgressRecord } from "../../src/run-folder/progress-record.ts";
import { accessibilityFaults } from "../support/accessibility.ts";
import { launchBrowser, watchedPage } from "../support/browser.ts";
import { startViewer } from "../support/start-viewer.ts";

const folder = mkdtempSync(join(tmpdir(), "apm-live-"));
const dir = join(folder, "run");
const BIN = resolve(import.meta.dirname, "../../bin/apm-bench.js");
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** A real run of the simulated model, as a process of its own. */
function startRun(): {
  pid: number | undefined;
  ended: Promise<number | null>;
  send(signal: NodeJS.Signals): void;
} {
  const settings = ["pool=k4", "users.train=120", "users.validation=20", "users.test=200", "worlds=8"];
  const child = spawn(process.execPath, [
    BIN,
    "run",
    ...["--out", dir],
    ...settings.flatMap((setting) => ["--set", setting]),
  ]);
  child.stderr.resume();
  child.stdout.resume();
  return {
    pid: child.pid,
    ended: new Promise((done) => child.once("exit", done)),
    send: (signal) => void child.kill(signal),
  };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 12_000) throw new Error("what was waited for did not happen in four minutes");
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Stages: train, validation and test users, then the worlds. */
const progress = (): ProgressRecord | null => {
  const file = join(dir, "progress.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as ProgressRecord) : null;
};

describe("a run that goes on", () => {
  it("is followed after a kill, while it continues, and to its end, without a reload", async () => {
    const killed = startRun();
    await until(() => (progress()?.stages.length ?? 0) > 2);
    killed.send("SIGKILL");
    await killed.ended;

    const viewer = await startViewer([dir]);
    const { page, troubles } = await watchedPage(browser, viewer.url);
    await page.goto(viewer.url);
    await page.getByText("was interrupted").waitFor();
    const run = startRun();
    // Held while the page is looked at, so that no machine is too fast for this test.
    await until(() => progress()?.pid === run.pid && (progress()?.stages.length ?? 0) > 4);
    run.send("SIGSTOP");
    await page.getByText("This run is going on.").waitFor();
    await page.getByRole("progressbar", { name: "train users" }).waitFor();
    await page.getByRole("heading", { name: "So far" }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    run.send("SIGCONT");

    await page.locator("dl.verdicts").waitFor();
    expect(await run.ended).toBe(0);
    const results = JSON.parse(readFileSync(join(dir, "results.json"), "utf8")) as Results;
    const rows = await page.locator("table").first().locator("tbody tr").all();
    const shown = await Promise.all(rows.map((row) => row.locator("th, td").allTextContents()));
    expect(shown.map((cells) => [cells[0], cells[2], cells[3]])).toEqual(
      results.methods.map(({ name, summary: s }) => [name, signed(s.delta), interval(s.deltaCi95, signed)]),
    );

    await page.locator("table a", { hasText: /^routing$/ }).click();
    await page.getByText("of 200 users").waitFor();
    const last = results.worlds.at(-1)!.seed;
    await page.getByLabel("World").selectOption(String(last));
    await page.getByText("of 200 users").waitFor();
    await page.locator("table.users a").first().click();
    const card = page.locator("article.answer").nth(1);
    await card.locator("summary").click();
    const user = await page.locator("h1").textContent();
    const sample = readFileSync(join(dir, "samples.jsonl"), "utf8")
      .split("\n")
      .flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Sample]))
      .find((s) => s.user === user && s.method === "routing" && s.world === last);
    expect(await card.locator(".text").first().textContent()).toBe(sample?.answer);
    // The judge's raw output is the number that the score was parsed from.
    const words = await card.locator("details.judge .text").textContent();
    expect(words?.trim()).toBe(String(sample?.scores[0]?.score));
    expect(troubles).toEqual([]);
    expect(await viewer.stop()).toBe(0);
    expect(viewer.stderr()).not.toMatch(/error/i);
  });
});
