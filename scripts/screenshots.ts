/**
 * Makes the pictures of the README and docs: a run of the embedded default, its report and the viewer over it, in
 * Chromium, light and dark, at the width of a desktop and of a phone.
 *
 *   node scripts/screenshots.ts [folder]      by default docs/images
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { DEFAULTS } from "../src/core/config/defaults.ts";
import { worldSeeds } from "../src/core/config/world-seeds.ts";
import { launchBrowser } from "../test/support/browser.ts";
import { runCli } from "../test/support/run-cli.ts";
import { startViewer } from "../test/support/start-viewer.ts";

const out = resolve(process.argv[2] ?? join(import.meta.dirname, "..", "docs", "images"));
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;
/** README pages stay quick to load. */
const MOST_BYTES = 300_000;

interface Picture {
  readonly name: string;
  readonly size: keyof typeof SIZES;
  readonly theme: "light" | "dark";
  readonly url: string;
  /** Brings the page into the state that is shown. */
  readonly prepare: (page: Page) => Promise<unknown>;
}

const folder = mkdtempSync(join(tmpdir(), "apm-screenshots-"));
const run = join("runs", "default");
const browser = await launchBrowser();
try {
  const made = await runCli(["run", "--out", run], folder);
  if (made.code !== 0) throw new Error(made.stderr);
  const viewer = await startViewer([run], [], folder);
  const report = pathToFileURL(join(folder, run, "report.html")).href;
  mkdirSync(out, { recursive: true });
  for (const picture of pictures(report, viewer.url)) await take(browser, picture);
  await viewer.stop();
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

function pictures(report: string, viewer: string): Picture[] {
  const top = (page: Page) => page.locator("dl.verdicts").waitFor();
  const to = (id: string) => (page: Page) => page.locator(`#${id}`).scrollIntoViewIfNeeded();
  const figures = (page: Page) => page.locator("figure svg").nth(3).waitFor();
  const firstUser = async (page: Page) => {
    await page.locator("table.users a").first().click();
    await page.getByLabel("show RAG-Exemplar").check();
    await page.locator("article.answer").nth(2).waitFor();
    for (const words of await page.locator("details.judge summary").all()) await words.click();
    await page.locator("details.judge .text").nth(2).waitFor();
    await page.locator("h2", { hasText: "Answers" }).evaluate((heading) => heading.scrollIntoView());
  };
  const users = `${viewer}#/users?run=0&method=routing&world=${worldSeeds(DEFAULTS.seed, 1)[0]}`;
  const list = (page: Page) => page.locator("table.users tbody tr").nth(20).waitFor();
  return [
    { name: "report", size: "desktop", theme: "light", url: report, prepare: top },
    { name: "report-whom", size: "desktop", theme: "light", url: `${report}#whom`, prepare: to("whom") },
    { name: "report-dark", size: "desktop", theme: "dark", url: report, prepare: top },
    { name: "report-phone", size: "phone", theme: "light", url: report, prepare: top },
    { name: "viewer-overview", size: "desktop", theme: "dark", url: viewer, prepare: figures },
    { name: "viewer-users", size: "desktop", theme: "light", url: users, prepare: list },
    { name: "viewer-user", size: "desktop", theme: "light", url: users, prepare: firstUser },
    {
      name: "viewer-compare",
      size: "desktop",
      theme: "light",
      url: `${viewer}#/compare?run=0`,
      prepare: (page) => page.locator("dl.numbers").waitFor(),
    },
    { name: "viewer-phone", size: "phone", theme: "dark", url: users, prepare: list },
  ];
}

async function take(browser: Browser, { name, size, theme, url, prepare }: Picture): Promise<void> {
  const context = await browser.newContext({ viewport: SIZES[size], colorScheme: theme });
  const page = await context.newPage();
  await page.goto(url);
  await prepare(page);
  const path = join(out, `${name}.png`);
  await page.screenshot({ path });
  await context.close();
  const { size: bytes } = statSync(path);
  if (bytes > MOST_BYTES) throw new Error(`${path} has ${bytes} bytes`);
  console.log(`${path} (${(bytes / 1000).toFixed(0)} kB)`);
}
