import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readNpz } from "./npz.ts";

const folder = "../shared/reference-data/judge-scores";
const files = readdirSync(folder).map((name) => join(folder, name));

test("there are 13 files of real judge scores", () => {
  expect(files).toHaveLength(13);
});

test.each(files)("%s is read", (file) => {
  const arrays = readNpz(readFileSync(file), file);
  expect(arrays.get("scores")?.shape).toEqual([6, 2, 160]);
  expect(arrays.get("pairs")?.data.slice(0, 4)).toEqual(["verbose", "terse", "formal", "casual"]);
});
