#!/usr/bin/env node
// In a checkout the sources run as they are; the published package holds compiled files alone.
import { existsSync, readFileSync } from "node:fs";
import module from "node:module";

const source = new URL("../src/cli/bin.ts", import.meta.url);
const isCheckout = existsSync(source);
const [major] = process.versions.node.split(".").map(Number);
const [first, ...others] = process.argv.slice(2);
if (major < 24) {
  console.error(`apm-bench needs Node.js 24 or later, this is ${process.versions.node}.`);
  console.error(
    isCheckout
      ? "In this checkout, `npm ci` brings the right one: then use `npm start` or `npx apm-bench`."
      : "Install it from https://nodejs.org, or beside this package: `npm install node@24`, then `npx apm-bench`.",
  );
  process.exitCode = 2;
} else if (others.length === 0 && (first === "--version" || first === "-V")) {
  console.log(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version);
} else {
  // What was compiled once (and in a checkout stripped of its types) is kept for the next start.
  module.enableCompileCache();
  await import(isCheckout ? source.href : new URL("../dist/src/cli/bin.js", import.meta.url).href);
}
