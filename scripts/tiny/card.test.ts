import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig, loadWeights, parameterCount } from "../../src/neural/checkpoint/weights.ts";
import { cardText } from "./card-text.ts";
import { readCurve } from "./curve.ts";
import { CONFIG, FOLDER } from "./format.ts";

const read = (name: string): string => readFileSync(join(FOLDER, name), "utf8");

describe("the tiny checkpoint", () => {
  it("has a card whose figures are those of its records", () => {
    const facts = {
      evaluation: JSON.parse(read("evaluation.json")),
      training: JSON.parse(read("training.json")),
      curve: readCurve(read("curve.csv")),
      bytes: statSync(join(FOLDER, "model.safetensors")).size,
    };
    expect(read("README.md")).toBe(cardText(facts));
    expect(facts.training.parameters).toBe(parameterCount(loadConfig(FOLDER)));
    expect(facts.curve.at(-1)?.step).toBe(facts.training.steps);
  });

  it("is small, whole, and described as it was built", () => {
    expect(statSync(join(FOLDER, "model.safetensors")).size).toBeLessThan(4e6);
    expect(JSON.parse(read("config.json"))).toEqual(CONFIG);
    for (const { data } of loadWeights(FOLDER, loadConfig(FOLDER)).values()) {
      expect(data.every(Number.isFinite)).toBe(true);
    }
  });

  it("does as it was told: the difference between follow and avoid stands outside its interval's zero", () => {
    const { told, teacherTold } = JSON.parse(read("evaluation.json"));
    expect(told.all.interval[0]).toBeGreaterThan(0);
    expect(told.all.difference).toBeLessThanOrEqual(teacherTold.all.difference + 0.5);
  });
});

describe("a training curve", () => {
  it("is read by the names of its columns; a point without a held-out measure has none", () => {
    const csv =
      "step,tokens,seconds,rate,loss,heldOut,told\n25,900,30,0.003,2.5,,\n50,1800,61,0.003,2.25,2.125,0.5\n";
    expect(readCurve(csv)).toEqual([
      { step: 25, tokens: 900, seconds: 30, rate: 0.003, loss: 2.5, heldOut: null, told: null },
      { step: 50, tokens: 1800, seconds: 61, rate: 0.003, loss: 2.25, heldOut: 2.125, told: 0.5 },
    ]);
  });
});
