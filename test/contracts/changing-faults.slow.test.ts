import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createSimModel } from "../../src/providers/sim/model.ts";
import { runCli } from "../support/run-cli.ts";
import { type Fault, faultServer, QUIRKS } from "./fault-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
/** Calls before the server shows its next quirk. */
const STRETCH = 50;

/** A run on a server that fails as told; its results, and how often each quirk was met. */
async function run(out: string, fault: (n: number) => Fault | undefined) {
  const server = await faultServer({ model: createSimModel(), fault });
  const base = { provider: "openai", model: "sim", baseUrl: server.baseUrl, seed: 0, maxTokens: 2000 };
  writeFileSync(
    join(folder, `${out}.json`),
    JSON.stringify({
      pool: "k2",
      users: { train: 16, validation: 4, test: 12 },
      conversations: { perUser: 3 },
      worlds: 2,
      methods: ["none", "routing", "routing-oracle", "in-context"],
      statistics: { resamples: 100 },
      concurrency: 16,
      models: { base: { ...base, timeoutSeconds: 30 } },
    }),
  );
  const { code, stderr } = await runCli(["run", `${out}.json`, "--out", out], folder);
  await server.close();
  expect(code, stderr).toBe(0);
  const met = new Map<Fault, number>();
  for (const { fault: quirk } of server.log) {
    if (quirk !== undefined) met.set(quirk, (met.get(quirk) ?? 0) + 1);
  }
  const {
    usage: _,
    config: __,
    ...results
  } = JSON.parse(readFileSync(join(folder, out, "results.json"), "utf8"));
  return { results, met };
}

it("a server that changes its quirk every 50 calls gives the results of an undisturbed one", async () => {
  const undisturbed = await run("undisturbed", () => undefined);
  // Every second call goes well, or the run would take as long as all stretches of failures together.
  const quirky = await run("quirky", (n) =>
    n % 2 === 0 ? QUIRKS[Math.floor(n / STRETCH) % QUIRKS.length] : undefined,
  );
  expect([...quirky.met.keys()].sort()).toEqual([...QUIRKS].sort());
  for (const times of quirky.met.values()) expect(times).toBeGreaterThanOrEqual(STRETCH / 2);
  expect(quirky.results).toEqual(undisturbed.results);
});
