import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../support/free-port.ts";
import { runCli, spawnCli } from "../support/run-cli.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const PROGRAM = join(import.meta.dirname, "..", "support", "stand-in-server.ts");
const folder = temporaryFolder();
const STATE = join(folder, "state");
const ENV = { XDG_STATE_HOME: STATE, STAND_IN_TOKEN: "token-0123456789" };
const config = {
  pool: "k2",
  users: { train: 8, validation: 2, test: 6 },
  conversations: { perUser: 3 },
  worlds: 2,
  methods: ["none", "routing", "rag-exemplar", "in-context"],
  statistics: { resamples: 20, permutations: 20 },
  concurrency: 8,
};
let ports: [number, number, number];
beforeAll(async () => {
  ports = (await Promise.all([0, 1, 2].map(freePort))) as typeof ports;
});

interface Case {
  readonly base?: string;
  readonly judge?: string;
  readonly settings?: object;
  readonly judgeSettings?: object;
}
/** Writes a configuration whose models are served one at a time, and returns the arguments of its run. */
function written(
  out: string,
  { base = "", judge = "", settings = {}, judgeSettings = {} }: Case = {},
): string[] {
  const model = (port: number, name: string, more: string) => ({
    ...{ provider: "openai", model: name, seed: 0, baseUrl: `http://127.0.0.1:${port}/v1` },
    serve: `${process.execPath} ${PROGRAM} ${port} ${out}.trace ${more}`.trim(),
  });
  const models = {
    base: model(ports[0], "base/model", base),
    judge: { ...model(ports[1], "judge", judge), ...judgeSettings },
    embedder: model(ports[2], "vectors", ""),
  };
  writeFileSync(join(folder, `${out}.json`), JSON.stringify({ ...config, models, ...settings }));
  return ["run", `${out}.json`, "--out", out];
}
const trace = (out: string): { what: string; port: number; pid: number }[] => {
  const path = join(folder, `${out}.trace`);
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(" "))
    .map(([what = "", port, pid]) => ({ what, port: Number(port), pid: Number(pid) }));
};
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
};
const alive = (out: string): number[] => trace(out).flatMap(({ pid }) => (isAlive(pid) ? [pid] : []));
const records = (): string[] => {
  const path = join(STATE, "apm-bench", "servers");
  return existsSync(path) ? readdirSync(path) : [];
};
const read = (out: string, file: string): string => readFileSync(join(folder, out, file), "utf8");
async function until(what: () => boolean): Promise<void> {
  for (let n = 0; n < 600 && !what(); n++) await pause(50);
  expect(what()).toBe(true);
}

describe("models that a run serves in turn", () => {
  it("have one server at a time, and the results of the ordinary schedule on servers of their own", async () => {
    const { code, stderr } = await runCli(written("turns", { base: "--child" }), folder, ENV);
    expect(stderr).toContain("answers after");
    expect(code).toBe(0);
    const up = new Set<number>();
    for (const { what, port } of trace("turns")) {
      if (what === "start") expect(up.size).toBe(0);
      if (what === "start") up.add(port);
      if (what === "end") up.delete(port);
    }
    const starts = trace("turns").flatMap(({ what, port }) =>
      what === "start" ? [ports.indexOf(port)] : [],
    );
    expect(starts.filter((role) => role === 1)).toHaveLength(2);
    expect(starts.slice(0, 3)).toEqual([0, 1, 0]);
    expect(starts.at(-1)).toBe(1);
    // What a server has started ends with it.
    expect(trace("turns").some(({ what }) => what === "child")).toBe(true);
    expect(alive("turns")).toEqual([]);
    expect(records()).toEqual([]);
    expect(readdirSync(join(folder, "turns", "servers")).sort()).toEqual([
      "base-model.log",
      "judge.log",
      "vectors.log",
    ]);
    // Servers on devices of their own, user by user.
    const apart = written("apart", {
      settings: { schedule: "users" },
      judgeSettings: { device: "second" },
    });
    expect((await runCli([...apart, "--set", "models.embedder.device=third"], folder, ENV)).code).toBe(0);
    for (const file of ["samples.jsonl", "users.jsonl", "results.json"])
      expect(read("apart", file)).toBe(read("turns", file));
    expect(alive("apart")).toEqual([]);
    // Everything is stored: nobody is needed.
    const before = trace("turns").length;
    expect((await runCli(written("turns", { base: "--child" }), folder, ENV)).code).toBe(0);
    expect(trace("turns")).toHaveLength(before);
  });

  it("are started again when they die", async () => {
    const { code, stderr } = await runCli(written("dying", { judge: "--answers 60" }), folder, ENV);
    expect(stderr).toContain("was ended by SIGKILL: it is started again");
    expect(code).toBe(0);
    expect(read("dying", "samples.jsonl")).toBe(read("turns", "samples.jsonl"));
    expect(alive("dying")).toEqual([]);
  });

  it.each([
    [
      "ends before it answers",
      "--fail",
      "60",
      /ended with code 3 before it answered; its log ends:[\s\S]*CUDA out of memory/,
    ],
    ["never answers", "--never", "1.5", /does not answer at .* after 1\.5 s \(readyTimeoutSeconds\)/],
    ["dies again and again", "--answers 1", "60", /was ended by SIGKILL, the 4th time in a row/],
  ])(
    "end the run with the end of their log where one %s, and nothing is left",
    async (_how, option, seconds, words) => {
      const out = option.replaceAll(/\W/g, "");
      const args = written(out, { base: option });
      const { code, stderr } = await runCli(
        [...args, "--set", `models.base.readyTimeoutSeconds=${seconds}`],
        folder,
        ENV,
      );
      expect(code).toBe(1);
      expect(stderr).toMatch(words);
      expect(stderr).not.toContain(ENV.STAND_IN_TOKEN);
      expect(alive(out)).toEqual([]);
      expect(records()).toEqual([]);
    },
  );

  it("are not started where somebody answers already", async () => {
    const server = createServer((_request, response) => response.end("{}"));
    await new Promise<void>((done) => server.listen(ports[0], "127.0.0.1", done));
    const { code, stderr } = await runCli(written("taken"), folder, ENV);
    server.closeAllConnections();
    server.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/somebody answers at .* already/);
    expect(trace("taken")).toEqual([]);
  });

  it("are ended by Ctrl-C, by a second one, and by a terminal that is closed", async () => {
    for (const signals of [["SIGINT"], ["SIGTERM", "SIGTERM"], ["SIGHUP"]] as const) {
      const out = `stopped-${signals.join("")}`;
      const { child, done } = spawnCli(written(out, { base: "--child" }), folder, ENV);
      await until(() => existsSync(join(folder, out, "calls.sqlite")) && alive(out).length > 1);
      for (const signal of signals) child.kill(signal);
      await done;
      await until(() => alive(out).length === 0);
    }
  });

  it("are found and ended by the next start after a kill -9, whatever its directory", async () => {
    const { child, done } = spawnCli(written("killed", { base: "--child" }), folder, ENV);
    await until(() => alive("killed").length > 1 && records().some((name) => name.endsWith(".json")));
    child.kill("SIGKILL");
    writeFileSync(join(folder, "other.json"), JSON.stringify(config));
    await done;
    expect(alive("killed").length).toBeGreaterThan(1);
    const { stderr, code } = await runCli(["run", "other.json", "--out", "other"], folder, ENV);
    expect(stderr).toContain("ending a server that an earlier run has left behind");
    expect(code).toBe(0);
    expect(alive("killed")).toEqual([]);
    expect(records()).toEqual([]);
  });
});
