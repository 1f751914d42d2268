import { defineConfig } from "vitest/config";
import type { Reporter } from "vitest/node";
import { ALL_TESTS, leftOut, PROJECTS, testsOf } from "./test/support/projects.ts";

/** Says at the end of `npm test` which projects it did not run. */
const closingLine = (): Reporter => {
  let line = "";
  return {
    onInit: (vitest) => {
      line = leftOut(vitest.projects.map(({ name }) => name));
    },
    onTestRunEnd: () => {
      if (line !== "") console.log(line);
    },
  };
};

const project = (name: string, include: string, exclude: readonly string[] = [], isolate = true) => ({
  extends: true as const,
  test: { name, include: [include], exclude: ["node_modules/**", ...exclude], isolate },
});

export default defineConfig({
  test: {
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    reporters: ["default", closingLine()],
    projects: [
      // Test files of a worker share the modules that they load: loading them again is half of the time.
      project("default", ALL_TESTS, [testsOf("*")], false),
      ...Object.keys(PROJECTS).map((name) => project(name, testsOf(name))),
    ],
  },
});
