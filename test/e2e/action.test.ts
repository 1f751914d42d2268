import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const folder = temporaryFolder();
const textOf = (file: string): string =>
  existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : "";
const run = promisify(execFile);

/** Stands in for GitHub's own program: writes down how it is called, and answers what a file holds. */
const GH = `#!/usr/bin/env bash
printf '%s\\n' "$*" >>gh-calls.txt
case "$*" in *--paginate*) cat gh-comments.txt ;; esac
`;

/** Runs a script of the action as a job would. */
async function script(name: string, env: Record<string, string>): Promise<{ code: number; stderr: string }> {
  const job = {
    PATH: [join(folder, "bin"), dirname(process.execPath), process.env.PATH].join(":"),
    GITHUB_ACTION_PATH: ROOT,
    GITHUB_OUTPUT: "output.txt",
    GITHUB_STEP_SUMMARY: "summary.md",
    APM_MARKDOWN: "comment.md",
    APM_JUNIT: "junit.xml",
    ...env,
  };
  return run("bash", [join(ROOT, "action", name)], { cwd: folder, env: job }).then(
    () => ({ code: 0, stderr: "" }),
    ({ code, stderr }) => ({ code, stderr }),
  );
}

beforeAll(async () => {
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin", "gh"), GH);
  chmodSync(join(folder, "bin", "gh"), 0o755);
  const small = [
    "run",
    "--set",
    'users={"train":6,"validation":2,"test":6}',
    "--worlds",
    "1",
    "--set",
    "pool=k2",
  ];
  for (const out of ["main", "branch"]) {
    const { code, stderr } = await runCli(
      [...small, "--methods", "none,routing,random-routing", "--out", out],
      folder,
    );
    expect(code, stderr).toBe(0);
  }
});

beforeEach(() => {
  for (const file of [
    "output.txt",
    "summary.md",
    "comment.md",
    "junit.xml",
    "gh-calls.txt",
    "gh-comments.txt",
  ])
    writeFileSync(join(folder, file), "");
});

describe("the action's comparison", () => {
  const runs = { APM_FIRST: "main", APM_SECOND: "branch" };

  it("passes where every limit is reached, and leaves files and summary", async () => {
    const { code, stderr } = await script("compare.sh", {
      ...runs,
      APM_FAIL_BELOW: "routing=-9\n\n  \nrouting.change=-1\n",
    });
    expect([code, stderr]).toEqual([0, ""]);
    expect(textOf("output.txt")).toBe("code=0\n");
    expect(textOf("junit.xml")).toMatch(
      /failures="0"[\s\S]*name="routing=-9"[\s\S]*name="routing.change=-1"/,
    );
    expect(textOf("summary.md")).toBe(textOf("comment.md"));
    expect(textOf("comment.md")).toContain("SIMULATED");
  });

  it("below a limit tells the code, and leaves the failing to the job's last step", async () => {
    expect((await script("compare.sh", { ...runs, APM_FAIL_BELOW: "routing=9" })).code).toBe(0);
    expect(textOf("output.txt")).toBe("code=3\n");
    expect(textOf("junit.xml")).toMatch(/failures="1"/);
  });

  it("fails at once for runs that are not there, and takes no input for a flag or a command", async () => {
    const evil = { APM_FIRST: "$(touch owned)", APM_SECOND: "--json", APM_FAIL_BELOW: "" };
    const { code, stderr } = await script("compare.sh", evil);
    expect([code, stderr]).toEqual([2, expect.stringContaining("no run in this folder")]);
    expect(existsSync(join(folder, "owned"))).toBe(false);
  });
});

describe("the action's comment", () => {
  const pull = {
    GITHUB_REPOSITORY: "o/r",
    APM_AUTHOR: "github-actions[bot]",
    GITHUB_EVENT_PATH: "event.json",
  };

  it("is posted on the pull request", async () => {
    writeFileSync(join(folder, "event.json"), '{"pull_request": {"number": 7}}');
    expect(await script("comment.sh", pull)).toEqual({ code: 0, stderr: "" });
    expect(textOf("gh-calls.txt")).toContain(
      "--method POST repos/o/r/issues/7/comments --field body=@comment.md",
    );
  });

  it("takes the place of an earlier one", async () => {
    writeFileSync(join(folder, "event.json"), '{"pull_request": {"number": 7}}');
    writeFileSync(join(folder, "gh-comments.txt"), "41\n42\n");
    expect(await script("comment.sh", pull)).toEqual({ code: 0, stderr: "" });
    expect(textOf("gh-calls.txt")).toContain(
      "--method PATCH repos/o/r/issues/comments/42 --field body=@comment.md",
    );
  });

  it("is left out where there is no pull request", async () => {
    writeFileSync(join(folder, "event.json"), "{}");
    expect((await script("comment.sh", pull)).code).toBe(0);
    expect(textOf("gh-calls.txt")).toBe("");
  });
});
