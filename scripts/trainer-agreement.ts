/**
 * Trains the same pairs in process and by the trainer, and prints how far losses, gradients and margins agree.
 *
 *     node scripts/trainer-agreement.ts [tiny|smollm2] [dpo|simpo]
 *
 * Needs the environment of scripts/trainer/install.sh, and for smollm2 `npm run real:install -- smollm2`.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agreement } from "./trainer/agreement.ts";
import { LOSSES, planOf } from "./trainer/agreement-plans.ts";

const [model = "tiny", loss = "dpo"] = process.argv.slice(2);
if ((model !== "tiny" && model !== "smollm2") || (loss !== "dpo" && loss !== "simpo")) {
  throw new Error("usage: node scripts/trainer-agreement.ts [tiny|smollm2] [dpo|simpo]");
}
const python = execFileSync(join(import.meta.dirname, "trainer/install.sh"), { encoding: "utf8" }).trim();
const folder = mkdtempSync(join(tmpdir(), "agreement-"));
const plan = await planOf(model, LOSSES[loss], folder, python);
console.log(JSON.stringify({ model, trainedBy: loss, ...(await agreement(plan)) }, null, 2));
rmSync(folder, { recursive: true });
