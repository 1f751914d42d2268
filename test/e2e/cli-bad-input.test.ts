import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lockDirectory } from "../../src/store/lock.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli, spawnCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const write = (name: string, content: unknown): string => {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  writeFileSync(join(folder, name), text);
  return name;
};
const users = (...lines: unknown[]): string =>
  lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join("");
const user = (id: string, attribute = "verbose") => ({
  user: id,
  attributes: [{ attribute, side: "follow" }],
  prompts: ["one", "two", "three"],
});
const mapping = (file: string): string[] => ["--set", "mapping.kind=file", "--set", `mapping.file=${file}`];

const command = (...args: string[]) => runCli(args, folder);

interface Case {
  readonly args: readonly string[];
  /** Where and what, and what to do about it. */
  readonly says: readonly RegExp[];
}

const pool = (attributes: string[], principles: string[]): string[] => [
  "--set",
  `pool=${JSON.stringify({ attributes, principles })}`,
];

const CASES: Readonly<Record<string, Case>> = {
  "unknown keys": {
    args: [write("keys.json", { bogus: 1, users: { trian: 3 } })],
    says: [
      /bogus: unknown key/,
      /users\.trian: unknown key/,
      /where: keys\.json/,
      /to do: correct these keys/,
    ],
  },
  "wrong types": {
    args: [write("types.json", { users: { train: "many" }, methods: "routing" })],
    says: [/users\.train: .*expected number/, /methods: .*expected array/, /where: types\.json/, /to do/],
  },
  "a wrong choice": {
    args: [write("choice.json", { judge: { scale: 50 }, activeAttributes: 3, mapping: { kind: "dense" } })],
    says: [/judge\.scale: .*10\|100/, /activeAttributes: .*1\|2/, /mapping\.kind: .*gaussian/],
  },
  "a missing configuration": { args: ["none.json"], says: [/no such file/, /where: none\.json/, /to do/] },
  "JSON that is none": {
    args: [write("broken.json", '{"users": {')],
    says: [/not valid JSON/, /where: broken\.json/, /to do/],
  },
  "missing test users": {
    args: ["--test-users", "none.jsonl"],
    says: [/no such file/, /where: none\.jsonl/, /to do/],
  },
  "a malformed line": {
    args: ["--test-users", write("line.jsonl", users(user("a"), "", '{"user": "b",'))],
    says: [/not valid JSON/, /where: line\.jsonl, line 3/, /to do: write one complete JSON object a line/],
  },
  "a line of another form": {
    args: ["--test-users", write("form.jsonl", users(user("a"), { ...user("b"), prompts: "one" }))],
    says: [/prompts: .*expected array/, /where: form\.jsonl, line 2/, /docs\/data\.md/],
  },
  "an imported user whose attribute is not in the pool": {
    args: ["--test-users", write("foreign.jsonl", users(user("a"), user("b", "anxious")))],
    says: [/"anxious" is not in the pool/, /where: foreign\.jsonl, user b/, /verbose, professional/],
  },
  "an imported user without attributes": {
    args: ["--test-users", write("nobody.jsonl", users({ ...user("a"), attributes: [] }))],
    says: [/attributes: a user without an attribute prefers nothing/, /nobody\.jsonl, line 1/, /to do/],
  },
  "an imported user with too few prompts": {
    args: ["--test-users", write("short.jsonl", users({ ...user("a"), prompts: ["one", "two"] }))],
    says: [/2 prompts do not make a history of 2/, /short\.jsonl, user a/, /historyLength/],
  },
  "two imported users of one name": {
    args: ["--test-users", write("twice.jsonl", users(user("a"), user("a")))],
    says: [/two users are called "a"/, /where: twice\.jsonl/, /to do/],
  },
  "no imported user": {
    args: ["--test-users", write("empty.jsonl", "\n")],
    says: [/no user in this file/, /where: empty\.jsonl/, /data import/],
  },
  "zero users": { args: ["--set", "users.test=0"], says: [/users\.test: .*>=1/, /to do/] },
  "zero worlds": { args: ["--worlds", "0"], says: [/worlds: .*>=1/, /to do/] },
  "a mapping that is not square": {
    args: mapping(
      write("ragged.json", [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1],
        [0, 0, 0, 1],
      ]),
    ),
    says: [/not square: row 3 has 3 entries/, /where: ragged\.json, row 3/, /4 rows .* of 4 numbers/],
  },
  "a mapping of another size": {
    args: mapping(
      write("small.json", [
        [1, 0],
        [0, 1],
      ]),
    ),
    says: [/2 rows, the pool has K = 4/, /where: small\.json/, /to do/],
  },
  "a mapping with a word in it": {
    args: mapping(
      write("word.json", [
        [1, 0, 0, 0],
        [0, 1, 0, "x"],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
      ]),
    ),
    says: [/"x" is not a finite number/, /where: word\.json, row 2, column 4/, /to do/],
  },
  "a missing mapping": { args: mapping("none.json"), says: [/no such file/, /where: none\.json/] },
  "a mapping of kind file without one": {
    args: ["--set", "mapping.kind=file"],
    says: [/belong together/, /where: mapping/, /matrix\.json/],
  },
  "a doubled trait": {
    args: pool(["verbose", "Verbose"], ["casual", "gentle"]),
    says: [/stands twice/, /where: pool\.attributes\[1\]/, /remove one/],
  },
  "a trait that the simulated model does not know": {
    args: pool(["verbose", "flumpy"], ["casual", "gentle"]),
    says: [/does not know the trait "flumpy"/, /where: pool\.attributes\[1\]/, /use one of: .*verbose/],
  },
  "a pool of unequal lists": {
    args: pool(["verbose", "anxious"], ["casual"]),
    says: [/2 attributes but 1 principles/, /where: pool/, /same length/],
  },
  "an unknown pool": { args: ["--set", "pool=k99"], says: [/no pool "k99"/, /where: pool/, /k10, k8/] },
  "an unknown preset": {
    args: ["--preset", "nope"],
    says: [/--preset/, /default, smoke, tiny, laptop, paper/],
  },
  "an unknown method": {
    args: ["--methods", "none,nope"],
    says: [/no method "nope"/, /where: --methods/, /routing-oracle/],
  },
  "an unknown option of a method": {
    args: ["--set", 'methods=[{"id":"routing","lables":"soft"}]'],
    says: [/"routing": lables: .*"labels"/, /where: methods\[0\]/, /docs\/configuration\.md/],
  },
  "a method twice": { args: ["--methods", "routing,routing"], says: [/two methods/, /name/] },
  "an unknown provider": {
    args: ["--model", "nope:x"],
    says: [/no provider "nope"/, /where: models\.base/, /sim, openai/],
  },
  "an unknown provider in full": {
    args: ["--set", 'models.judge={"provider":"nope","model":"x"}'],
    says: [/where: models\.judge\n.*sim, openai, local/],
  },
  "an unknown simulated model": {
    args: ["--set", "models.rewriter=sim:gpt"],
    says: [/no simulated model "gpt"/, /where: models\.rewriter/, /sim:default/],
  },
  "an impossible strength": {
    args: ["--set", 'models.base={"provider":"sim","model":"default","options":{"obedience":3}}'],
    says: [/strength "obedience" is 3/, /where: .*obedience/, /from 0 to 1/],
  },
  "a key without a value": {
    args: ["--set", "users.train"],
    says: [/assigns nothing/, /where: --set/, /key=value/],
  },
  "a key with a hole": { args: ["--set", "users..train=3"], says: [/assigns nothing/, /where: --set/] },
  "a key of JavaScript's own": { args: ["--set", "__proto__.seed=3"], says: [/where: --set/] },
  "a key inside a value": {
    args: ["--seed", "3", "--set", "seed.x=1"],
    says: [/"seed" has a value of its own already, 3/, /where: --set/, /to do/],
  },
  "a number that is none": { args: ["--worlds", "two"], says: [/--worlds/, /whole number/] },
  "an unknown flag": { args: ["--nonsense"], says: [/unknown option '--nonsense'/, /--help/] },
  "a history longer than the conversations": {
    args: ["--set", "historyLength=20"],
    says: [/leaves no conversation of 20/, /where: historyLength/, /to do/],
  },
  "missing conversations": {
    args: ["--set", "conversations.source=none.jsonl"],
    says: [/no such file/, /where: none\.jsonl/],
  },
  "a malformed conversation": {
    args: ["--set", `conversations.source=${write("talk.jsonl", '{"prompt": "Hello?"}\n{"prompt"\n')}`],
    says: [/not valid JSON/, /where: talk\.jsonl, line 2/],
  },
  "an output directory that is a file": {
    args: ["--out", write("file", "mine")],
    says: [/cannot be written/, /where: .*file/, /another output directory/],
  },
};

/** Names and sizes of everything in the folder. */
const listing = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => `${name} ${statSync(join(folder, name)).size}`)
    .sort();

describe("bad input ends with exit code 2, a place and a remedy, and touches nothing", () => {
  it.each(Object.entries(CASES))("%s", async (_name, { args, says }) => {
    const before = listing();
    const { code, stdout, stderr } = await command("run", "--preset", "smoke", "--out", "out", ...args);
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
    for (const part of says) expect(stderr).toMatch(part);
    expect(stderr).not.toContain("fault of apm-bench");
    expect(listing()).toEqual(before);
  });

  it("also where the configuration is a program", async () => {
    const cases = [
      ["export const x = 1;", /exports nothing by default[\s\S]*where: a\.config\.ts[\s\S]*defineConfig/],
      [
        "export default {\n  seed: 1,\n  users: { train 3 },\n};",
        /could not be loaded[\s\S]*where: a\.config\.ts:3\n[\s\S]*to do/,
      ],
      ['\n\nthrow new Error("mine");', /could not be loaded: mine[\s\S]*where: a\.config\.ts:3\n/],
      [
        'import "no-such-package";\nexport default {};',
        /could not be loaded: Cannot find package[\s\S]*where: a\.config\.ts\n/,
      ],
      ["export default { seeds: 1 };", /seeds: unknown key[\s\S]*where: a\.config\.ts[\s\S]*to do/],
    ] as const;
    for (const [text, says] of cases) {
      write("a.config.ts", text);
      // A program is loaded by Node itself, which the modules of a test are not.
      const before = listing();
      const { code, stdout, stderr } = await spawnCli(["run", "a.config.ts", "--out", "out"], folder).done;
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(says);
      expect(listing()).toEqual(before);
    }
  });

  it("an output directory that another run holds", async () => {
    const lock = lockDirectory(join(folder, "held"));
    const before = listing();
    const { code, stderr } = await command("run", "--preset", "smoke", "--out", "held");
    expect(listing()).toEqual(before);
    lock.release();
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`in use by process ${process.pid}`));
    expect(stderr).toMatch(/where: .*held/);
    expect(stderr).toMatch(/to do: wait until that run has ended, stop it, or choose another/);
  });
});

describe("other commands", () => {
  const paper = (id: number | string, ...messages: unknown[]) => ({
    user_idx: id,
    rewrite_style_attributes: [{ attribute: "verbose", side: "follow" }],
    conversations: [{ conversation_id: "c", messages }],
  });
  const turn = { role: "user", content: "Hello" };
  const OTHERS: Readonly<Record<string, Case>> = {
    "report of no run": { args: ["report", "none"], says: [/no run in this folder/, /where: none/] },
    "compare with no run": { args: ["compare", "none", "none"], says: [/no run in this folder/] },
    "compare with a threshold that is none": {
      args: ["compare", "a", "b", "--fail-below", "routing"],
      says: [/"routing" is no threshold/, /where: --fail-below/, /METHOD=DELTA/],
    },
    "estimate of a wrong configuration": { args: ["estimate", "keys.json"], says: [/bogus: unknown key/] },
    "import of a missing file": {
      args: ["data", "import", "--conversations", "none.jsonl"],
      says: [/no such file/, /where: none\.jsonl/],
    },
    "import of a malformed line": {
      args: ["data", "import", "--conversations", write("p1.jsonl", users(paper(1, turn), "{"))],
      says: [/not valid JSON/, /where: p1\.jsonl, line 2/],
    },
    "import of a user twice": {
      args: ["data", "import", "--conversations", write("p2.jsonl", users(paper(1, turn), paper("1", turn)))],
      says: [/user 1 stands twice/, /where: p2\.jsonl/, /to do/],
    },
    "import of a conversation without a user": {
      args: [
        "data",
        "import",
        "--conversations",
        write("p3.jsonl", users(paper(7, { role: "assistant", content: "" }))),
      ],
      says: [/conversation 1 of user 7 has no user turn/, /where: p3\.jsonl/, /to do/],
    },
    "import of nothing": {
      args: ["data", "import", "--conversations", write("p4.jsonl", "")],
      says: [/no user in this file/, /where: p4\.jsonl/],
    },
    "an unknown command": { args: ["bogus"], says: [/unknown command 'bogus'/, /--help/] },
  };

  it.each(Object.entries(OTHERS))("%s", async (_name, { args, says }) => {
    const before = listing();
    const { code, stdout, stderr } = await command(...args);
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
    for (const part of says) expect(stderr).toMatch(part);
    expect(listing()).toEqual(before);
  });

  it("init leaves a configuration that is there alone", async () => {
    write("apm.config.ts", "mine");
    const { code, stderr } = await command("init");
    expect(code).toBe(2);
    expect(stderr).toMatch(/apm\.config\.ts is there already[\s\S]*--force/);
    expect(readFileSync(join(folder, "apm.config.ts"), "utf8")).toBe("mine");
    rmSync(join(folder, "apm.config.ts"));
  });
});
