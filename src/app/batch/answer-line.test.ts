import { describe, expect, it } from "vitest";
import { readAnswerLine } from "./answer-line.ts";

const key = "0123456789abcdef0123456789abcdef";
const read = (rest: object) => readAnswerLine(JSON.stringify({ id: "x", custom_id: key, ...rest }));
const body = { choices: [] };

describe("a line of a batch's output", () => {
  it.each([
    ["OpenAI's answer", { response: { status_code: 200, request_id: "r", body }, error: null }, 200, body],
    ["a bare answer", { response: body }, 200, body],
    [
      "OpenAI's refusal",
      { response: { status_code: 400, body: { error: { message: "no" } } }, error: null },
      400,
      { error: { message: "no" } },
    ],
    [
      "vLLM's refusal",
      { response: { status_code: 400, body: null }, error: { error: { message: "no", code: 400 } } },
      400,
      { error: { message: "no", code: 400 } },
    ],
    [
      "vLLM's refusal as a text",
      { response: { status_code: 400, body: null }, error: "no" },
      400,
      { error: { message: "no" } },
    ],
  ])("%s", (_what, rest, status, said) => {
    const line = read(rest);
    expect(line).toMatchObject({ key, status });
    expect(JSON.parse("text" in line ? line.text : "")).toEqual(said);
  });

  it.each([
    ["expired", { response: null, error: { code: "batch_expired", message: "late" } }, "batch_expired"],
    [
      "busy",
      { response: { status_code: 429, body: { error: { message: "slow down" } } } },
      "HTTP 429: slow down",
    ],
    ["of a wrong key", { response: { status_code: 401, body: {} }, error: null }, "HTTP 401"],
    ["empty", { response: { status_code: 200, body: null }, error: null }, "a response without a body"],
    ["none", {}, "no response"],
    ["a request", { method: "POST", url: "/v1/chat/completions", body }, "a request, not an answer"],
  ])("is left to be asked again: %s", (_what, rest, left) => {
    expect(read(rest)).toEqual({ key, left });
  });

  it.each(["", "{", "7", "null", "[]", '{"custom_id":5}', `{"custom_id":"${key.toUpperCase()}"}`])(
    "is refused: %s",
    (text) => {
      expect(readAnswerLine(text)).toEqual({ refused: expect.any(String) });
    },
  );
});
