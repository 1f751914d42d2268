import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstTurnOf } from "./first-turn.ts";

const turns = [
  { role: "system", content: "Be kind." },
  { role: "user", content: "first" },
  { role: "assistant", content: "answer" },
  { role: "user", content: "second" },
];
const exported = (
  nodes: Record<string, { role: string; parts: unknown[]; parent?: string }>,
  last?: string,
) => ({
  title: "t",
  mapping: Object.fromEntries(
    Object.entries(nodes).map(([id, { role, parts, parent }]) => [
      id,
      { id, parent, message: { author: { role }, content: { content_type: "text", parts } } },
    ]),
  ),
  ...(last === undefined ? {} : { current_node: last }),
});

describe("first user turn", () => {
  it.each<[string, unknown, string | null]>([
    ["a bare string", "hello there", "hello there"],
    ["{prompt}", { prompt: "p", prompt_id: "1" }, "p"],
    ["{text}", { text: "t" }, "t"],
    ["prompt before messages", { messages: [{ role: "user", content: "m" }], prompt: "p" }, "p"],
    ["a prompt that is a list of turns", { prompt: [{ role: "user", content: "m" }] }, "m"],
    ["messages behind a system turn", { messages: turns }, "first"],
    ["a list of turns without a name", turns, "first"],
    [
      "ShareGPT",
      {
        conversations: [
          { from: "system", value: "s" },
          { from: "human", value: "h" },
        ],
      },
      "h",
    ],
    ["a conversation without a user", { messages: [{ role: "assistant", content: "a" }] }, null],
    ["an empty conversation", { conversation: [] }, null],
    ["a user who says nothing", { messages: [{ role: "user", content: null }] }, null],
    // Names
    ["another case of the name", { Prompt: "p" }, "p"],
    ["an instruction", { instruction: "Sort these.", input: "b, a", output: "a, b" }, "Sort these.\n\nb, a"],
    [
      "an instruction without input",
      { instruction: "Sort.", input: "", output: "x", text: "### all" },
      "Sort.",
    ],
    ["a number beside messages", { prompt: 17, messages: turns }, "first"],
    ["an empty prompt beside messages", { prompt: " ", messages: turns }, "first"],
    ["role: User", { messages: [{ role: "User", content: "u" }] }, "u"],
    ["role: Human", { messages: [{ role: "Human", content: "u" }] }, "u"],
    ["from: prompter", { conversations: [{ from: "prompter", value: "u" }] }, "u"],
    ["role: <|user|>", { messages: [{ role: "<|user|>", content: "u" }] }, "u"],
    ["roles as keys", { conversation: [{ human: "u", assistant: "a" }] }, "u"],
    ["roles as keys of the record", { User: "u", Assistant: "a" }, "u"],
    ["LangChain", { messages: [{ type: "human", data: { content: "u", type: "human" } }] }, "u"],
    ["texts in turn", { dialog: ["u", "a", "u2"] }, "u"],
    [
      "pairs of texts",
      {
        conversation: [
          ["u", "a"],
          ["u2", "a2"],
        ],
      },
      "u",
    ],
    // Content parts
    [
      "text parts",
      {
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "a" },
              { type: "text", text: "b" },
            ],
          },
        ],
      },
      "a\nb",
    ],
    ["Gemini", { contents: [{ role: "user", parts: [{ text: "u" }] }] }, "u"],
    ["columns of turns", { messages: { role: ["system", "user"], content: ["s", "u"] } }, "u"],
    ["a single turn", { prompt: { role: "user", content: "u" } }, "u"],
    // Conversations inside texts
    ["JSON inside JSON", { messages: JSON.stringify(turns) }, "first"],
    ["JSON inside a prompt", { prompt: JSON.stringify(turns) }, "first"],
    ["a question about JSON", { prompt: '{"a": [1, 2]}' }, '{"a": [1, 2]}'],
    ["HH-RLHF", { chosen: "\n\nHuman: u\n\nAssistant: a\n\nHuman: v", rejected: "r" }, "u"],
    [
      "ChatML",
      { text: "<|im_start|>system\ns<|im_end|>\n<|im_start|>user\nu<|im_end|>\n<|im_start|>assistant\n" },
      "u",
    ],
    ["Llama 2", { text: "<s>[INST] <<SYS>>\ns\n<</SYS>>\n\nu [/INST] a </s>" }, "u"],
    ["Llama 3", { text: "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nu<|eot_id|>" }, "u"],
    ["Zephyr", { prompt: "<|system|>\n</s>\n<|user|>\nu</s>\n<|assistant|>\n" }, "u"],
    ["Guanaco", { text: "### Human: u### Assistant: a" }, "u"],
    ["Alpaca", { text: "Below is.\n\n### Instruction:\nu\n\n### Input:\ni\n\n### Response:\na" }, "u\n\ni"],
    [
      "a prompt that quotes a chat",
      { prompt: "User: hi\nAssistant: hello\nWho was kinder?" },
      "User: hi\nAssistant: hello\nWho was kinder?",
    ],
    // Envelopes and exports
    ["a logged request", { request: { messages: turns }, response: { text: "a" } }, "first"],
    ["a line of a batch file", { custom_id: "1", method: "POST", body: { messages: turns } }, "first"],
    ["a request that was logged as text", { body: JSON.stringify({ model: "m", messages: turns }) }, "first"],
    [
      "the Responses API",
      { body: { input: [{ role: "user", content: [{ type: "input_text", text: "u" }] }] } },
      "u",
    ],
    ["a data set viewer's row", { row_idx: 0, row: { prompt: "p" } }, "p"],
    [
      "ChatGPT's export",
      exported({ a: { role: "system", parts: [""] }, b: { role: "user", parts: ["u"] } }),
      "u",
    ],
    [
      "the branch that is shown",
      exported(
        {
          old: { role: "user", parts: ["old"] },
          b: { role: "assistant", parts: ["a"], parent: "new" },
          new: { role: "user", parts: ["new"] },
        },
        "b",
      ),
      "new",
    ],
    ["Claude's export", { chat_messages: [{ sender: "human", text: "u", content: [] }] }, "u"],
    ["OpenAssistant's first message", { role: "prompter", text: "u", parent_id: null }, "u"],
    ["OpenAssistant's later message", { role: "prompter", text: "v", parent_id: "1" }, null],
    ["OpenAssistant's answer", { role: "assistant", text: "a", parent_id: "1" }, null],
    [
      "OpenAssistant's tree",
      { prompt: { role: "prompter", text: "u", replies: [{ role: "assistant", text: "a" }] } },
      "u",
    ],
  ])("is found in %s", (_form, record, expected) => {
    expect(firstTurnOf(record)).toBe(expected);
  });

  it.each<[string, unknown, RegExp]>([
    ["a number", 3, /the number 3; expected a string, or an object with one of: prompt, messages/],
    ["an object of another kind", { title: "q", tags: [] }, /expected a string.*it has: title, tags/],
    [
      "turns without a speaker",
      { messages: [{ content: "c" }] },
      /"messages": turn 1 names no speaker.*has: content/,
    ],
    [
      "a turn that is not text",
      { messages: [{ role: "user", content: { image: 1 } }] },
      /turn 1.*an object with image/,
    ],
    [
      "an image",
      { messages: [{ role: "user", content: [{ type: "text", text: "t" }, { type: "image_url" }] }] },
      /part of type "image_url"/,
    ],
    [
      "an image in JSON inside JSON",
      { prompt: JSON.stringify([{ role: "user", content: [{ type: "input_image" }] }]) },
      /"input_image"/,
    ],
    [
      "an asset in ChatGPT's export",
      exported({ a: { role: "user", parts: [{ content_type: "image_asset_pointer" }] } }),
      /image_asset_pointer/,
    ],
    [
      "roles as numbers",
      { messages: [{ role: 1, content: "u" }] },
      /role of turn 1 is the number 1, where "user"/,
    ],
    [
      "unknown roles",
      {
        messages: [
          { role: "alice", content: "u" },
          { role: "bob", content: "v" },
        ],
      },
      /roles are "alice", "bob"/,
    ],
    ["a number as prompt", { prompt: 1 }, /"prompt" holds the number 1/],
    ["several texts as prompt", { prompt: ["a", "b"] }, /a list of 2 texts/],
    ["Python inside JSON", { messages: "[{'role': 'user', 'content': 'u'}]" }, /JSON or Python/],
    ["JSON inside JSON that was cut", { messages: '[{"role": "user", "cont' }, /no valid JSON/],
    ["a message of a number", { messages: 5 }, /the number 5/],
    ["two objects with prompts", { a: { prompt: "x" }, b: { prompt: "y" } }, /under each of: "a", "b"/],
    ["an answer alone", { response: { text: "a" } }, /no known field/],
    ["null", null, /this is nothing/],
  ])("is missing in %s, and the problem says what is there", (_form, record, problem) => {
    expect(firstTurnOf(record)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it("is a text, nothing or a problem, whatever the record is", () => {
    const key = fc.constantFrom(
      "prompt",
      "messages",
      "text",
      "role",
      "content",
      "mapping",
      "data",
      "__proto__",
      "x",
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue(),
        fc.dictionary(key, tie("tree")),
        fc.array(tie("tree"), { maxLength: 3 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (record) => {
        const said = firstTurnOf(record);
        const isProblem = typeof said === "object" && said !== null && said.problem.length > 0;
        expect(said === null || typeof said === "string" || isProblem).toBe(true);
      }),
    );
  });
});
