import { describe, expect, it } from "vitest";
import { ask, failing, scriptedModel } from "../../test/contracts/scripted-model.ts";
import { simSetup } from "../../test/support/sim-run.ts";
import type { GenerateResult } from "../core/ports/language-model.ts";
import { gaugedModel, stageGauges } from "./gauges.ts";

const gauges = () => stageGauges(simSetup({}), "train users");
const unread = { what: "holds no score that could be read", words: "Quite\n good.", remedy: "another judge" };

describe("the gauges of a stage", () => {
  it("give up at the 18th nothing among the first 20 asks, in the model's own words", () => {
    const judge = gauges().of("judge");
    judge.usable();
    judge.usable();
    for (let i = 0; i < 17; i++) judge.nothing(unread);
    expect(() => judge.nothing(unread)).toThrowError(
      "18 of the first 20 asks of the judge gave nothing usable; the last one holds no score that could be read: Quite good.",
    );
  });

  it("bear 17 of 20, and anything after the first 20", () => {
    const stage = gauges();
    const judge = stage.of("judge");
    for (let i = 0; i < 3; i++) judge.usable();
    for (let i = 0; i < 100; i++) judge.nothing(unread);
    expect(() => stage.end()).not.toThrow();
  });

  it("count each role apart", () => {
    const stage = gauges();
    for (let i = 0; i < 17; i++) {
      stage.of("judge").nothing(unread);
      stage.of("candidate").nothing({ what: "was empty" });
    }
    expect(() => stage.of("base").nothing({ what: "was empty" })).not.toThrow();
  });

  it("of fewer asks give up at the stage's end, when all came to nothing", () => {
    const some = gauges();
    some.of("judge").nothing(unread);
    some.of("judge").usable();
    expect(() => some.end()).not.toThrow();
    const none = gauges();
    none.of("judge").nothing(unread);
    none.of("judge").nothing({ ...unread, words: "x".repeat(2000) });
    expect(() => none.end()).toThrowError(/^2 of the first 2 asks of the judge .*: x{240} \.\.\.$/);
    expect(() => gauges().end()).not.toThrow();
  });
});

describe("a gauged model", () => {
  const told = async (result: Partial<GenerateResult> | Error, limited = false): Promise<string[]> => {
    const lines: string[] = [];
    const gauge = {
      usable: () => lines.push("usable"),
      nothing: (s: { what: string }) => lines.push(s.what),
    };
    await gaugedModel(
      scriptedModel(() => result),
      gauge as never,
      limited,
    )
      .generate(ask("a"))
      .catch(() => {});
    return lines;
  };

  it("tells of every answer and refusal what it came to", async () => {
    expect(await told({ text: "yes" })).toEqual(["usable"]);
    expect(await told({ text: " \n" })).toEqual(["was empty"]);
    expect(await told({ text: "", reasoning: "Hm, yes." })).toEqual([
      "came as reasoning alone, with no visible text",
    ]);
    expect(await told({ text: "", finishReason: "length" })).toEqual([
      "was cut at the token limit before any visible text",
    ]);
    expect(await told({ text: "no", finishReason: "filter" })).toEqual(["was withheld by the provider"]);
    expect(await told(failing("request", 400))).toEqual(["was refused"]);
    expect(await told(failing("transient", 500))).toEqual([]);
  });

  it("takes a cut for what was wanted where a token limit is configured", async () => {
    expect(await told({ text: "half an", finishReason: "length" }, true)).toEqual(["usable"]);
    expect(await told({ text: "half an", finishReason: "length" })).toEqual(["was cut at the token limit"]);
  });
});
