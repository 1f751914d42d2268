import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { interval, signed } from "../../src/report/format.ts";
import { renderReport } from "../../src/report/html.ts";
import { accessibilityFaults } from "../support/accessibility.ts";
import { launchBrowser, watchedPage } from "../support/browser.ts";
import { runFixture } from "../support/run-fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "apm-report-"));
const { results } = runFixture({ users: 60, worlds: 3, k: 6 });
const file = join(folder, "report.html");
const url = pathToFileURL(file).href;
let browser: Browser;

beforeAll(async () => {
  writeFileSync(file, renderReport(results));
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

describe("report.html, opened from disk in Chromium", () => {
  it("shows the run's figures, asks nothing of any server and reports no error", async () => {
    const { page, troubles } = await watchedPage(browser, url);
    await page.goto(url);
    const rows = await page.locator("section[aria-labelledby=gains] table").first().locator("tbody tr").all();
    const shown = await Promise.all(rows.map((row) => row.locator("td").allTextContents()));
    expect(shown.map((cells) => [cells[0], cells[2], cells[3], cells[11]])).toEqual(
      results.methods.map(({ name, summary: s }) => [
        name,
        signed(s.delta),
        interval(s.deltaCi95, signed),
        String(s.missing),
      ]),
    );
    const forest = page.locator("figure#forest svg");
    for (const { id, name, summary } of results.methods) {
      if (id === "none") continue;
      expect(await forest.textContent()).toContain(
        `${signed(summary.delta)} ${interval(summary.deltaCi95, signed)}`,
      );
      expect(await forest.getAttribute("aria-label")).toContain(name);
    }
    expect(await page.locator(".banner").textContent()).toContain("SIMULATED");
    expect(await page.locator("figure").count()).toBeGreaterThan(15);
    expect(troubles).toEqual([]);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`has no fault that axe can find, and nothing wider than a phone's screen (${colorScheme})`, async () => {
      const { page, troubles } = await watchedPage(browser, url, {
        colorScheme,
        viewport: { width: 390, height: 844 },
      });
      await page.goto(url);
      for (const summary of await page.locator("summary").all()) await summary.click();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
      expect(troubles).toEqual([]);
    });
  }

  it("fits on paper, dark ink on white whatever the screen's theme is", async () => {
    const a4 = { width: 794, height: 1123 };
    const { page } = await watchedPage(browser, url, { colorScheme: "dark", viewport: a4 });
    await page.goto(url);
    await page.emulateMedia({ media: "print" });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(a4.width);
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    expect((await page.pdf({ format: "A4" })).subarray(0, 4).toString()).toBe("%PDF");
  });

  it("hands out tables as CSV and LaTeX, and figures as SVG and PNG", async () => {
    const { page, troubles } = await watchedPage(browser, url);
    await page.goto(url);
    const download = async (name: string): Promise<Buffer> => {
      const [started] = await Promise.all([
        page.waitForEvent("download"),
        page.getByLabel(name, { exact: true }).click(),
      ]);
      const path = join(folder, started.suggestedFilename());
      await started.saveAs(path);
      return readFileSync(path);
    };
    const csv = (await download("methods.csv as CSV")).toString("utf8");
    expect(csv.split("\r\n")[1]?.split(",")[3]).toBe(String(results.methods[0]?.summary.meanReward));
    expect((await download("methods.tex as LaTeX")).toString("utf8")).toContain("\\toprule");
    expect((await download("forest as SVG")).toString("utf8")).toMatch(
      /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/,
    );
    const png = await download("forest as PNG");
    expect(png.subarray(1, 4).toString("latin1")).toBe("PNG");
    // Width and height of the header: three pixels a unit.
    expect(png.readUInt32BE(16)).toBe(3 * 430);
    expect(troubles).toEqual([]);
  });

  it("copies negative numbers so that a spreadsheet takes them for numbers", async () => {
    const { page } = await watchedPage(browser, url);
    await page.goto(url);
    const copied = await page.evaluate<string>(`{
      getSelection().selectAllChildren(document.querySelector("section[aria-labelledby=gains] table"));
      const data = new DataTransfer();
      document.dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, cancelable: true }));
      data.getData("text/plain");
    }`);
    const deltas = copied
      .split("\n")
      .slice(1)
      .map((line) => Number(line.split("\t")[2]));
    expect(deltas).toEqual(results.methods.map((m) => Number((m.summary.delta as number).toFixed(2)) + 0));
  });

  it("shows names that hold markup as text", async () => {
    const name = `<img src=x onerror="document.title='hacked'">`;
    const hostile = runFixture({ users: 12, methods: [{ id: "none" }, { id: "routing", name }], worlds: 1 });
    const path = join(folder, "hostile.html");
    writeFileSync(path, renderReport(hostile.results));
    const { page, troubles } = await watchedPage(browser, pathToFileURL(path).href);
    await page.goto(pathToFileURL(path).href);
    expect(await page.getByText(name).count()).toBeGreaterThan(2);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.title()).not.toBe("hacked");
    expect(troubles).toEqual([]);
  });
});
