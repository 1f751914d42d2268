import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import pools from "../../../catalog/pools.json" with { type: "json" };
import { MALFORMED, withoutCode } from "../../../test/support/well-formed.ts";
import { plainMessages, styledMessages } from "../../core/prompt/prompts.ts";
import { createSimModel } from "./model.ts";

const styles = [...new Set(Object.values(pools).flatMap((pool) => pool.principles))];
const asked = readFileSync("../shared/reference-data/rewritten-users.jsonl", "utf8")
  .trim()
  .split("\n")
  .flatMap(
    (line) => (JSON.parse(line) as { conversations: { messages: { content: string }[] }[] }).conversations,
  )
  .map(({ messages }) => messages[0]!.content);

it("answers to what 200 real users asked are well-formed", async () => {
  const model = createSimModel();
  expect(asked).toHaveLength(200);
  for (const [i, prompt] of asked.entries()) {
    const principle = styles[i % styles.length] as string;
    const messages =
      i % 3 === 0 ? plainMessages(prompt) : styledMessages({ principle, direction: "follow" }, prompt);
    const text = withoutCode((await model.generate({ messages, sample: i })).text);
    expect(text).not.toMatch(MALFORMED);
    expect(text.length).toBeGreaterThan(20);
  }
});
