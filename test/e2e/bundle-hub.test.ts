import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { type HubServer, hubServer } from "../support/hub-server.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const TOKEN = "hf_notARealTokenOfAnyone";
const CONFIG = {
  pool: "k2",
  users: { train: 12, validation: 4, test: 6 },
  worlds: 1,
  methods: ["none", "routing", "routing-oracle"],
};
let hub: HubServer;
const cli = (args: readonly string[], token = TOKEN) =>
  runCli(args, folder, {
    HF_ENDPOINT: hub.url,
    APM_BENCH_CACHE: join(folder, "cache"),
    ...(token === "" ? {} : { HF_TOKEN: token }),
  });
const bytes = (...path: string[]): Buffer => readFileSync(join(folder, ...path));

beforeAll(async () => {
  hub = await hubServer({});
  writeFileSync(join(folder, "config.json"), JSON.stringify(CONFIG));
  expect((await cli(["run", "config.json", "--out", "run"])).code).toBe(0);
  expect((await cli(["data", "freeze", "run", "--out", "set"])).code).toBe(0);
});
afterAll(() => hub.close());

describe("a frozen set on the hub", () => {
  it("is pushed with its card into a repository that is made, and again into one that is there", async () => {
    for (const flags of [["--private"], []]) {
      const { code, stdout } = await cli(["data", "push", "set", "hf:owner/name", ...flags]);
      expect(stdout).toContain("apm-bench run --bundle hf:owner/name");
      expect(code).toBe(0);
    }
    expect(hub.uploads.made).toMatchObject([{ name: "name", organization: "owner", visibility: "private" }]);
    const files = readdirSync(join(folder, "set")).sort();
    expect(Object.keys(hub.files.main ?? {}).sort()).toEqual(files);
    for (const file of files) expect(hub.files.main?.[file]).toEqual(bytes("set", file));
  });

  it("is run on from there, and from the cache when the hub is away", async () => {
    expect((await cli(["run", "--bundle", "hf:owner/name", "--out", "from-hub"])).code).toBe(0);
    expect(bytes("from-hub", "samples.jsonl")).toEqual(bytes("run", "samples.jsonl"));
    const asked = hub.ranges.length;
    hub.failWith = 503;
    const again = await cli(["score", "answers.jsonl", "--bundle", "hf:owner/name", "--estimate"]);
    hub.failWith = undefined;
    expect(again.stderr).toContain("using the set as it was last seen");
    expect(again.stderr).toContain("answers.jsonl: there is no such file");
    expect(hub.ranges.length).toBe(asked);
  });

  it("is not taken where it was changed, is not whole, or is something else", async () => {
    const main = hub.files.main!;
    const whole = { ...main };
    const refused = async (): Promise<string> => {
      const { code, stderr } = await cli(["run", "--bundle", "hf:owner/name", "--out", "refused"]);
      expect(code).toBe(2);
      return stderr;
    };
    // Another manifest lies in another folder of the cache, so that nothing of the whole set is there.
    main["manifest.json"] = Buffer.from(`${whole["manifest.json"]} `);
    const ratings = Buffer.from(whole["candidates.parquet"]!);
    ratings[ratings.length >> 1]! ^= 1;
    main["candidates.parquet"] = ratings;
    expect(await refused()).toContain("its contents have changed");
    main["manifest.json"] = Buffer.from(`${whole["manifest.json"]}  `);
    main["candidates.parquet"] = ratings.subarray(1);
    expect(await refused()).toContain("bytes, and");
    delete main["candidates.parquet"];
    expect(await refused()).toContain("has no candidates.parquet");
    delete main["manifest.json"];
    expect(await refused()).toContain("it is no frozen set");
    Object.assign(main, whole);
  });

  it("is not pushed without a token, or changed", async () => {
    const { stderr } = await cli(["data", "push", "set", "hf:owner/name"], "");
    expect(stderr).toContain("writing to the hub needs a token");
    cpSync(join(folder, "set"), join(folder, "changed"), { recursive: true });
    writeFileSync(join(folder, "changed", "users.parquet"), "PAR1PAR1");
    expect((await cli(["data", "push", "changed", "hf:owner/name"])).stderr).toContain(
      "its contents have changed",
    );
    expect((await cli(["data", "push", "set", "owner/name"])).stderr).toContain(
      "is no source of frozen sets",
    );
    hub.failWith = 403;
    expect((await cli(["data", "push", "set", "hf:owner/name"])).stderr).toContain(
      "does not let this token write",
    );
    hub.failWith = undefined;
  });
});
