import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createSimModel } from "../../src/providers/sim/model.ts";
import { runCli } from "../support/run-cli.ts";
import { type Fault, faultServer } from "./fault-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
const config = {
  pool: "k2",
  users: { train: 12, validation: 4, test: 8 },
  conversations: { perUser: 3 },
  worlds: 2,
  methods: ["none", "routing", "rag-exemplar"],
  statistics: { resamples: 20, permutations: 20 },
  concurrency: 8,
};

async function servers(...faults: ((n: number) => Fault | undefined)[]) {
  const made = await Promise.all(
    faults.map((fault, i) => faultServer({ model: createSimModel(), delayMs: 2 + 3 * i, fault })),
  );
  onTestFinished(async () => void (await Promise.all(made.map((server) => server.close()))));
  return made;
}

async function run(out: string, baseUrl: string | string[]) {
  const base = { provider: "openai", model: "sim", baseUrl, seed: 0 };
  const models = { base, embedder: { provider: "openai", model: "vectors", baseUrl } };
  writeFileSync(join(folder, `${out}.json`), JSON.stringify({ ...config, models }));
  return runCli(["run", `${out}.json`, "--out", out], folder);
}
const files = (out: string): string[] =>
  ["samples.jsonl", "users.jsonl"].map((file) => readFileSync(join(folder, out, file), "utf8"));
const usage = (out: string): { role: string; calls: number }[] =>
  JSON.parse(readFileSync(join(folder, out, "results.json"), "utf8")).usage;
const fine = (): undefined => undefined;

describe("a run on several servers", () => {
  it("has the results of a run on one, with all of them at work, and pays for nothing when the servers have moved", async () => {
    const [a, b, c] = await servers(fine, fine, (n) => (n > 30 && n < 50 ? "reset-at-once" : undefined));
    const [one, two, three] = [a, b, c].map((server) => server?.baseUrl as string) as [
      string,
      string,
      string,
    ];
    expect((await run("single", one)).code).toBe(0);
    const before = a?.log.length as number;
    expect(await run("several", [one, two, three])).toMatchObject({ code: 0 });
    expect(files("several")).toEqual(files("single"));
    const asked = [(a?.log.length as number) - before, b?.log.length as number, c?.log.length as number];
    for (const n of asked) expect(n).toBeGreaterThan(before / 10);
    expect(usage("several").map(({ calls }) => calls)).toEqual(usage("single").map(({ calls }) => calls));
    const embedded = [a, b, c].map((s) => s?.log.filter(({ body }) => "input" in body).length ?? 0);
    expect(embedded.reduce((sum, n) => sum + n)).toBeGreaterThan(0);
    const all = asked.reduce((sum, n) => sum + n);
    expect((await run("several", [two, three])).code).toBe(0);
    expect([a, b, c].reduce((sum, s) => sum + (s?.log.length as number), 0)).toBe(before + all);
  });

  it("ends where one refuses the key, and names it", async () => {
    const [a, b] = await servers(fine, () => "401");
    const { code, stderr } = await run("refused", [a?.baseUrl as string, b?.baseUrl as string]);
    expect(code).not.toBe(0);
    expect(stderr).toContain(new URL(b?.baseUrl as string).origin);
  });

  it("is looked at by doctor server by server", async () => {
    const [a] = await servers(fine);
    const file = "doctor.json";
    const baseUrl = [a?.baseUrl as string, "http://127.0.0.1:1/v1"];
    writeFileSync(
      join(folder, file),
      JSON.stringify({ ...config, models: { base: { provider: "openai", model: "sim", baseUrl, seed: 0 } } }),
    );
    const { code, stdout } = await runCli(["doctor", file, "--json"], folder);
    expect(code).toBe(1);
    const checks = JSON.parse(stdout).checks as { what: string; ok: boolean }[];
    const of = (server: string) => checks.filter(({ what }) => what.includes(new URL(server).origin));
    expect(of(baseUrl[0] as string).every(({ ok }) => ok)).toBe(true);
    expect(of(baseUrl[1] as string).map(({ ok }) => ok)).toEqual([false]);
  });

  it("refuses an address that stands twice", async () => {
    const { code, stderr } = await run("twice", ["http://127.0.0.1:1/v1", "http://127.0.0.1:1/v1"]);
    expect(code).toBe(2);
    expect(stderr).toContain("models.base.baseUrl: an address stands here twice");
  });
});
