import { ApmError, EXIT, type ExitCode } from "../core/errors.ts";
import type { System } from "../core/ports/system.ts";

/** Tells a user what happened, where, and what to do; returns the exit code. */
export function showError(system: System, error: unknown): ExitCode {
  if (error instanceof ApmError) {
    system.stderr(`error: ${error.message}\n`);
    if (error.where !== undefined) system.stderr(`  where: ${error.where}\n`);
    if (error.remedy !== undefined) system.stderr(`  to do: ${error.remedy}\n`);
    return error.exitCode;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  system.stderr(`error: something unexpected happened, which is a fault of apm-bench.\n${trace}\n`);
  system.stderr("  to do: whatever was computed is stored; run the same command again to continue.\n");
  return EXIT.failed;
}
