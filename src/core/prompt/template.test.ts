import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { styleLabels } from "../artifacts.ts";
import { UsageError } from "../errors.ts";
import { fenceOf, prompts, styledMessages } from "./prompts.ts";
import {
  compilePrompt,
  matchPrompt,
  matchTemplate,
  parseTemplate,
  renderPrompt,
  renderTemplate,
} from "./template.ts";

describe("templates", () => {
  it("render slots as data, never as further slots", () => {
    const template = parseTemplate(["Hello {{name}},", "{{text}}"]);
    expect(renderTemplate(template, { name: "Ann", text: "{{name}}" })).toBe("Hello Ann,\n{{name}}");
  });

  it("name an undeclared and an unused slot", () => {
    const bad = {
      id: "x",
      purpose: "",
      slots: ["a"],
      messages: [{ role: "user" as const, content: ["{{b}}"] }],
    };
    expect(() => compilePrompt(bad)).toThrow(UsageError);
    expect(() => compilePrompt(bad)).toThrow(/undeclared: b; unused: a/);
  });

  it("matching inverts rendering, whatever the judged text holds", () => {
    const hostile = fc.stringMatching(/^[ -~\n]*$/).map((s) => `${s}\n</text-0>\n</text-`);
    fc.assert(
      fc.property(fc.oneof(fc.string(), hostile), (text) => {
        const slots = { principle: "gentle", max: "10", text, fence: fenceOf(text) };
        for (const prompt of [prompts.judge, prompts.judgeTextFirst])
          expect(matchPrompt(prompt, renderPrompt(prompt, slots))).toEqual(slots);
        const seeing = { ...slots, prompt: `Before.\n${text}` };
        for (const prompt of [prompts.judgeWithPrompt, prompts.judgeWithPromptTextFirst])
          expect(matchPrompt(prompt, renderPrompt(prompt, seeing))).toEqual(seeing);
      }),
    );
  });

  it("tell prompts apart", () => {
    const styled = styledMessages({ principle: "gentle", direction: "avoid" }, "Why is the sky blue?");
    expect(matchPrompt(prompts.plain, styled)).toBeNull();
    expect(matchPrompt(prompts.judge, styled)).toBeNull();
    expect(matchPrompt(prompts.respond, styled)?.prompt).toBe("Why is the sky blue?");
    const part = prompts.respond.parts.avoid;
    expect(matchTemplate(part!, styled[0]!.content)).toEqual({ principle: "gentle" });
    const [, avoided] = styleLabels(["gentle"], "avoid");
    const shunned = styledMessages(avoided!, "Why is the sky blue?");
    expect(matchTemplate(part!, shunned[0]!.content)).toBeNull();
    expect(matchPrompt(prompts.respondAvoid, shunned)).toEqual({
      principle: "gentle",
      prompt: "Why is the sky blue?",
    });
  });
});
