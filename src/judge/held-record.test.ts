import { expect, it } from "vitest";
import { scriptedModel } from "../../test/contracts/scripted-model.ts";
import { heldRecord } from "./held-record.ts";

it("says how a judge was held where it was to be, and nothing otherwise", () => {
  const settings = { scale: 10, retries: 3, weighted: false } as const;
  const model = { ...scriptedModel(), heldBy: () => "grammar" as const };
  expect(heldRecord(model, { ...settings, constrain: "auto" })).toEqual({ constraint: "grammar" });
  expect(heldRecord(model, { ...settings, constrain: "off" })).toEqual({});
  expect(heldRecord(model, settings)).toEqual({});
  expect(heldRecord(scriptedModel(), { ...settings, constrain: "auto" })).toEqual({});
});
