/**
 * How long the viewer takes on a run of the paper's size: 1,000 test users, 8 methods, 10 worlds (80,000 answers of
 * about 800 characters). Measured in Chromium, from the start of the server's process, without a kept index ("cold")
 * and with one ("warm").
 *
 *   node bench/viewer.ts
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { launchBrowser, watchedPage } from "../test/support/browser.ts";
import { runFixture } from "../test/support/run-fixture.ts";
import { spawnViewer } from "../test/support/start-viewer.ts";

const dir = mkdtempSync(join(tmpdir(), "apm-bench-viewer-"));
const run = runFixture({ users: 1_000, worlds: 10, k: 10, answerLength: 800 });
mkdirSync(dir, { recursive: true });
writeFileSync(join(dir, "results.json"), JSON.stringify(run.results));
writeLines(join(dir, "users.jsonl"), run.users());
writeLines(join(dir, "samples.jsonl"), run.samples());
console.log(`samples.jsonl: ${(statSync(join(dir, "samples.jsonl")).size / 1e6).toFixed(0)} MB`);

const browser = await launchBrowser();
try {
  await measure("cold");
  await measure("warm");
} finally {
  await browser.close();
  rmSync(dir, { recursive: true });
}

async function measure(kind: "cold" | "warm"): Promise<void> {
  const started = performance.now();
  const viewer = await spawnViewer([dir]);
  const listening = performance.now();
  const { page, troubles } = await watchedPage(browser, viewer.url);
  const opened = performance.now();
  await page.goto(viewer.url);
  await page.locator("dl.verdicts").waitFor();
  const overview = performance.now();
  await page.locator("figure svg").nth(3).waitFor();
  console.log(
    `${kind}: server ${ms(listening - started)}, overview ${ms(overview - opened)} after opening, its figures ${ms(performance.now() - opened)}`,
  );
  await timed(`${kind}: list of users, all indexed`, async () => {
    await page.goto(`${viewer.url}#/users?method=routing`);
    await page.getByText("of 1,000 users").waitFor();
    await page.getByText("Reading the samples").waitFor({ state: "detached" });
  });
  if (kind === "cold" && !existsSync(join(dir, "view.sqlite"))) throw new Error("the index was not kept");
  await timed(`${kind}: another method`, async () => {
    const answered = page.waitForResponse(/RAG-Summary/);
    await page.getByLabel("Method").selectOption("RAG-Summary");
    await answered;
    await page.locator("[aria-label=Users][aria-busy=false]").waitFor();
  });
  await timed(`${kind}: one world, one principle`, async () => {
    await page.getByLabel("World").selectOption("3");
    await page.getByLabel("Wants most").selectOption("+principle b");
    await page.getByText(/of \d\d users/).waitFor();
  });
  await timed(`${kind}: one user`, async () => {
    await page.locator("table.users a").first().click();
    await page.locator("article.answer").nth(1).waitFor();
  });
  const steps = 20;
  const from = performance.now();
  for (let i = 0; i < steps; i++) {
    const name = await page.locator("h1").textContent();
    await page.getByText("Next user →").click();
    await page.locator(`h1:not(:text-is("${name}"))`).waitFor();
  }
  console.log(`${kind}: next user, mean of ${steps}: ${ms((performance.now() - from) / steps)}`);
  await timed(`${kind}: comparison of two methods, 10,000 pairs with interval`, async () => {
    await page.goto(`${viewer.url}#/compare?a=0:routing&b=0:RAG-Summary`);
    await page.locator("dl.numbers").waitFor();
  });
  if (troubles.length > 0) throw new Error(troubles.join("\n"));
  await viewer.stop();
}

async function timed(what: string, act: () => Promise<void>): Promise<void> {
  const from = performance.now();
  await act();
  console.log(`${what}: ${ms(performance.now() - from)}`);
}

function ms(time: number): string {
  return `${time.toFixed(0)} ms`;
}

function writeLines(path: string, records: Iterable<unknown>): void {
  const fd = openSync(path, "w");
  for (const record of records) writeSync(fd, `${JSON.stringify(record)}\n`);
  closeSync(fd);
}
