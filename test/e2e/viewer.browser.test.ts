import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sample } from "../../src/core/run-record.ts";
import { fixed, interval, signed } from "../../src/report/format.ts";
import { visible } from "../../viewer/text.ts";
import { accessibilityFaults } from "../support/accessibility.ts";
import { launchBrowser, type WatchedPage, watchedPage } from "../support/browser.ts";
import { HOSTILE, MILLION, runFixture, writeRunFixture } from "../support/run-fixture.ts";
import { type StartedViewer, startViewer } from "../support/start-viewer.ts";

const folder = mkdtempSync(join(tmpdir(), "apm-viewer-"));
const [first, second] = [
  runFixture({ users: 130, worlds: 2, k: 4, hostile: true }),
  runFixture({ users: 130, worlds: 2, k: 4, variant: 2 }),
];
const samples = [...first.samples()];
let browser: Browser;
let viewer: StartedViewer;

beforeAll(async () => {
  writeRunFixture(join(folder, "one"), first);
  writeRunFixture(join(folder, "two"), second);
  writeRunFixture(join(folder, "other-users"), runFixture({ users: 20, seed: 2 }));
  viewer = await startViewer(["one", "two", "other-users"].map((name) => join(folder, name)));
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await viewer?.stop();
  rmSync(folder, { recursive: true });
});

async function open(route: string, options = {}): Promise<WatchedPage> {
  const watched = await watchedPage(browser, viewer.url, options);
  await watched.page.goto(viewer.url + route);
  await watched.page.waitForSelector("h1");
  return watched;
}

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Mean differences of a method by user, from the samples themselves. */
function gains(method: string, of: (sample: Sample) => boolean = () => true): Map<string, number | null> {
  const byUser = Map.groupBy(
    samples.filter((s) => s.method === method && of(s)),
    (s) => s.user,
  );
  return new Map(
    [...byUser].map(([user, list]) => {
      const known = list.flatMap((s) => s.difference ?? []);
      return [user, known.length === 0 ? null : meanOf(known)];
    }),
  );
}

describe("the viewer's overview", () => {
  it("shows the figures of results.json", async () => {
    const { page, troubles } = await open("");
    await page.waitForSelector("figure svg");
    const rows = await page.locator("table").first().locator("tbody tr").all();
    const shown = await Promise.all(rows.map((row) => row.locator("th, td").allTextContents()));
    expect(shown.map((cells) => [cells[0], cells[2], cells[3]])).toEqual(
      first.results.methods.map(({ name, summary: s }) => [
        name,
        signed(s.delta),
        interval(s.deltaCi95, signed),
      ]),
    );
    expect(await page.locator(".banner").textContent()).toContain("SIMULATED");
    expect(troubles).toEqual([]);
  });

  it("hands out the full report, figures and tables", async () => {
    const { page, troubles } = await open("");
    const [report] = await Promise.all([page.waitForEvent("popup"), page.getByText("Full report").click()]);
    await report.getByRole("heading", { name: /^Which methods adapt/ }).waitFor();
    const names = {
      "methods.csv as CSV": "id,name",
      "methods.tex as LaTeX": "\\toprule",
      "forest.svg as SVG": "<svg",
    };
    for (const [name, content] of Object.entries({ ...names, "forest.png as PNG": "PNG" })) {
      const link = page.getByLabel(name, { exact: true });
      const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
      const path = join(folder, download.suggestedFilename());
      await download.saveAs(path);
      expect([name, readFileSync(path, "latin1").includes(content)]).toEqual([name, true]);
    }
    expect(troubles).toEqual([]);
  });

  it("leads from a method to its users", async () => {
    const { page, troubles } = await open("");
    await page.locator("table a", { hasText: "RAG-Summary" }).click();
    await page.waitForSelector("table.users tbody tr");
    expect(await page.getByLabel("Method").inputValue()).toBe("RAG-Summary");
    expect(troubles).toEqual([]);
  });
});

describe("the list of users", () => {
  it("has the worst first, by page", async () => {
    const { page, troubles } = await open("#/users?method=routing");
    await page.waitForSelector("table.users tbody tr");
    const expected = [...gains("routing").values()].filter((d) => d !== null).sort((a, b) => a - b);
    const deltas = async () => page.locator("table.users .gain .number").allTextContents();
    expect(await deltas()).toEqual(expected.slice(0, 50).map((d) => signed(d)));
    await page.getByText("Next →").click();
    await page.getByText("51–100 of 130 users").waitFor();
    expect(await deltas()).toEqual(expected.slice(50, 100).map((d) => signed(d)));
    expect(page.url()).toContain("offset=50");
    await page.reload();
    await page.getByText("51–100 of 130 users").waitFor();
    expect(troubles).toEqual([]);
  });

  it("is filtered by attribute, principle, world and text", async () => {
    const { page, troubles } = await open("#/users?method=routing");
    await page.getByLabel("World").selectOption("2");
    await page.getByLabel("Wants most").selectOption("-principle b");
    const wanted = gains(
      "routing",
      (s) => s.world === 2 && s.scores[0]?.principle === "principle b" && s.scores[0].direction === "avoid",
    );
    await page.getByText(`of ${wanted.size} users`).waitFor();
    await page.getByLabel("Wants most").selectOption("");
    await page.getByLabel("Shows").selectOption("+attribute c");
    const shows = [...first.users()].filter((u) =>
      u.attributes.some((a) => a.attribute === "attribute c" && a.side === "follow"),
    );
    await page.getByText(`of ${shows.length} users`).waitFor();
    await page.getByLabel("Shows").selectOption("");
    await page.getByLabel("Search").fill("test-12");
    await page.getByText("of 11 users").waitFor();
    await page.getByLabel("Search").fill("100%_no such text");
    await page.getByText("no users").waitFor();
    expect(troubles).toEqual([]);
  });
});

describe("one user's page", () => {
  it("is opened from the list, shows the scores and goes on to the next user", async () => {
    const { page, troubles } = await open("#/users?method=routing&world=1&sort=best");
    await page.waitForSelector("table.users tbody tr");
    const [one, next] = await page.locator("table.users tbody th").allTextContents();
    await page.locator("table.users a").first().click();
    await page.getByRole("heading", { name: one as string, exact: true }).waitFor();
    const sample = samples.find((s) => s.user === one && s.method === "routing" && s.world === 1) as Sample;
    const card = page.locator("article.answer").nth(1);
    await card.waitFor();
    expect(await card.locator(".text").first().textContent()).toBe(visible(sample.answer as string));
    expect(await card.locator(".figures-line").textContent()).toContain(`reward ${fixed(sample.reward)}`);
    expect(await card.locator(".figures-line").textContent()).toContain(`Δ ${signed(sample.difference)}`);
    await page.keyboard.press("ArrowRight");
    await page.getByRole("heading", { name: next as string, exact: true }).waitFor();
    expect(troubles).toEqual([]);
  });

  it("puts the answers of two methods beside the plain one, under a link that can be kept", async () => {
    const { page, troubles } = await open("#/user?user=test-40&method=routing&world=2");
    await page.getByLabel("show RAG-Exemplar").check();
    await page.locator("article.answer").nth(2).waitFor();
    await page.reload();
    await page.locator("article.answer").nth(2).waitFor();
    expect(await page.locator("article.answer h3").allTextContents()).toEqual([
      "plain answer",
      "routing",
      "RAG-Exemplar",
    ]);
    expect(troubles).toEqual([]);
  });
});

describe("texts that try to be more", () => {
  for (const [i, [kind, text]] of Object.entries(HOSTILE).entries()) {
    it(`are shown as text: ${kind}`, async () => {
      const { page, troubles } = await open(`#/user?user=test-${i}&method=routing&world=1`);
      await page.locator("article.answer").nth(1).waitFor();
      const shown = await page.locator("article.answer").nth(1).locator(".text").first().textContent();
      expect(shown?.toWellFormed()).toBe(visible(text.slice(0, 6000).toWellFormed()));
      expect(await page.evaluate("window.hacked")).toBeUndefined();
      expect(await page.locator("main img, main script, main b, main iframe").count()).toBe(0);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(1280);
      expect(troubles).toEqual([]);
    });
  }

  it("a million characters come piece by piece, up to the last", async () => {
    const user = `test-${Object.keys(HOSTILE).length}`;
    const { page, troubles } = await open(`#/user?user=${user}&method=routing&world=1`);
    const card = page.locator("article.answer").nth(1);
    await card.waitFor();
    expect((await card.locator(".text").first().textContent())?.length).toBe(6000);
    const more = card.getByText("Show more");
    while ((await more.count()) > 0) {
      const label = await more.textContent();
      await more.click();
      await page.waitForFunction(
        ([selector, before]) =>
          (
            globalThis as never as { document: { querySelector(s: string): { textContent: string } | null } }
          ).document.querySelector(selector as string)?.textContent !== before,
        ["article.answer:nth-child(2) .more", label],
      );
    }
    const whole = await card.locator(".text").first().textContent();
    expect(whole?.length).toBe(MILLION.length);
    expect(whole?.endsWith("the end")).toBe(true);
    expect(troubles).toEqual([]);
  });

  it("names of the language's own objects are no views, users or methods", async () => {
    for (const name of ["__proto__", "constructor", "toString"]) {
      const { page, troubles } = await open(`#/${name}`);
      expect(await page.locator("nav [aria-current=page]").textContent()).toBe("Overview");
      await page.goto(`${viewer.url}#/users?run=0&method=${name}`);
      await page.getByText("no users").waitFor();
      await page.goto(`${viewer.url}#/user?run=0&user=${name}`);
      await page.getByRole("alert").waitFor();
      expect(troubles.filter((trouble) => !trouble.includes("404"))).toEqual([]);
      await page.context().close();
    }
  });

  it("hides nothing: directions and invisible characters are named", () => {
    expect(visible("a\u202eb\u0000c\r\nd\te")).toBe("a⟨U+202E⟩b␀c\nd\te");
  });
});

describe("comparison", () => {
  it("pairs two methods of a run", async () => {
    const { page, troubles } = await open("#/compare?a=0:routing&b=0:random%20routing");
    await page.waitForSelector("dl.numbers");
    const [a, b] = ["routing", "random routing"].map(
      (m) => new Map(samples.filter((s) => s.method === m).map((s) => [`${s.world} ${s.user}`, s.reward])),
    );
    const changes = [...(a as Map<string, number | null>)].flatMap(([key, reward]) => {
      const other = b?.get(key) ?? null;
      return reward === null || other === null ? [] : [other - reward];
    });
    const numbers = await page.locator("dl.numbers dd").allTextContents();
    expect(numbers[2]).toMatch(new RegExp(`^${signed(meanOf(changes)).replace("+", "\\+")} \\[`));
    expect(numbers[4]).toBe(String(changes.length));
    expect(troubles).toEqual([]);
  });

  it("sets the same method of two runs side by side, down to the answers", async () => {
    const { page, troubles } = await open("#/compare");
    await page.waitForSelector("dl.numbers");
    expect(await page.getByLabel("First").inputValue()).toBe("0:routing");
    expect(await page.getByLabel("Second").inputValue()).toBe("1:routing");
    const gains = await page
      .getByRole("row", { name: /^RAG-Summary/ })
      .getByRole("cell")
      .allTextContents();
    expect(gains.slice(0, 2)).toEqual(
      [first, second].map(({ results }) => {
        const s = results.methods.find((m) => m.name === "RAG-Summary")?.summary;
        return `${signed(s?.delta ?? null)} ${interval(s?.deltaCi95 ?? null, signed)}`;
      }),
    );
    await page.getByRole("link", { name: "RAG-Summary" }).click();
    await page.waitForURL(/RAG-Summary/);
    expect(await page.getByLabel("Second").inputValue()).toBe("1:RAG-Summary");
    await page.getByLabel("Pairs").locator("tbody a").first().click();
    await page.locator("article.answer").nth(3).waitFor();
    const titles = await page.locator("article.answer h3").allTextContents();
    expect(titles.map((t) => t.trim())).toEqual([
      "plain answer",
      "RAG-Summary",
      `plain answer · ${join(folder, "two")}`,
      `RAG-Summary ${join(folder, "two")}`,
    ]);
    expect(troubles).toEqual([]);
  });
});

describe("comparison of runs that share no users", () => {
  it("pairs nothing, and says why", async () => {
    const { page, troubles } = await open("#/compare?a=0:routing&b=2:routing");
    await page.getByText("different users or worlds").waitFor();
    expect(await page.locator("dl.numbers").count()).toBe(0);
    expect(troubles).toEqual([]);
  });
});

describe("accessibility", () => {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const route of [
      "",
      "#/users?method=routing&world=1",
      "#/user?user=test-40&method=routing&at=3",
      "#/compare",
    ]) {
      it(`axe finds no fault in ${route || "#/overview"} (${colorScheme}), and a phone shows all of it`, async () => {
        const { page, troubles } = await open(route, { colorScheme, viewport: { width: 390, height: 844 } });
        await page.waitForSelector(route === "" ? "figure svg" : "table tbody tr");
        expect(await accessibilityFaults(page)).toEqual([]);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
        expect(troubles).toEqual([]);
      });
    }
  }
});
