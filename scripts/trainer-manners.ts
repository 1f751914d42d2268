/**
 * Trains soft prompts for a real LLM, SmolLM2, on pairs of two manners, by the trainer on the CPU: a control, for the
 * better answer of a pair is told by one number of the user's vector, and is plainly of another manner than the worse. Prints
 * the validation accuracies. Killed at any time, it goes on from its last checkpoint.
 *
 *     node scripts/trainer-manners.ts FOLDER [train pairs] [validation pairs]
 *
 * Needs the environment of scripts/trainer/install.sh and `npm run real:install -- smollm2`.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LOSSES, planOf } from "./trainer/agreement-plans.ts";
import { packagePython } from "./trainer/package-python.ts";
import { mannerPairs } from "./trainer/pairs.ts";

const [folder, train = "48", validation = "100"] = process.argv.slice(2);
if (folder === undefined)
  throw new Error("usage: node scripts/trainer-manners.ts FOLDER [train] [validation]");
const python = execFileSync(join(import.meta.dirname, "trainer/install.sh"), { encoding: "utf8" }).trim();
const { path, tunable } = await planOf("smollm2", LOSSES.dpo, folder, python);
const pairs = mannerPairs(Number(train) + Number(validation), tunable, {
  maxPromptTokens: 32,
  maxAnswerTokens: 16,
}).map(({ embedded, ...pair }, i) => ({ id: `${i}`, embedded: [...embedded], ...pair }));
const request = {
  protocol: 1,
  kind: "soft-prompt",
  model: { path, fingerprint: tunable.fingerprint },
  data: {
    embedder: { id: "manners", identity: "manners@1" },
    train: pairs.slice(0, Number(train)),
    validation: pairs.slice(Number(train)),
  },
  settings: {
    ...{ loss: "dpo", rank: 4, alpha: 8, learningRate: 0.002, batchSize: 4, microBatch: 4, epochs: 2 },
    ...{ precision: "float32", gradientCheckpointing: false, checkpointSteps: 4 },
  },
};
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "request.json"), JSON.stringify(request));
packagePython(python, ["-m", "apm_trainer", "run", folder, "--allow", dirname(path)]);
const { epochs } = JSON.parse(readFileSync(join(folder, "result.json"), "utf8")) as { epochs: unknown };
console.log(JSON.stringify(epochs, null, 2));
