/**
 * A process that asks a server every question of a list through the whole path, to be killed at any instant and
 * started again: `node kill-child.ts DIRECTORY BASE_URL QUESTIONS`. Prints the answers when it is done.
 */
import { join } from "node:path";
import { forEachConcurrent } from "../../src/core/concurrency.ts";
import { guardedModel } from "../../src/providers/decorators/guarded.ts";
import { usageMeter } from "../../src/providers/decorators/metered.ts";
import { httpTransport } from "../../src/providers/http/transport.ts";
import { createOpenAIModel } from "../../src/providers/openai/chat.ts";
import { lockDirectory } from "../../src/store/lock.ts";
import { openSqliteStore } from "../../src/store/sqlite.ts";
import { serverGuards } from "./server-guards.ts";

const [directory, baseUrl, questions] = process.argv.slice(2) as [string, string, string];
const lock = lockDirectory(directory);
const store = openSqliteStore(join(directory, "calls.sqlite"));
const meter = usageMeter();
const access = { env: {}, transport: httpTransport({}) };
const model = guardedModel(createOpenAIModel({ model: "m", baseUrl, timeoutSeconds: 60 }, access), "base", {
  ...serverGuards(32),
  store,
  meter,
});
const answers: string[] = [];
await forEachConcurrent(Array(Number(questions)).keys(), 32, async (i) => {
  const { text } = await model.generate({
    messages: [{ role: "user", content: `question ${i}` }],
    sample: 0,
  });
  answers[i] = text;
});
store.close();
lock.release();
console.log(JSON.stringify({ answers, usage: meter.rows()[0] }));
