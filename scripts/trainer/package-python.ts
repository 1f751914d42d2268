import { execFileSync } from "node:child_process";
import { join } from "node:path";

const PACKAGE = join(import.meta.dirname, "../../trainer/src");

/** Runs Python with the trainer's package, without a network. @param python interpreter of the trainer's environment */
export function packagePython(python: string, args: readonly string[]): void {
  execFileSync(python, args, {
    env: { ...process.env, PYTHONPATH: PACKAGE, HF_HUB_OFFLINE: "1" },
    stdio: ["ignore", "ignore", "inherit"],
  });
}
