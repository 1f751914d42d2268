import { readFileSync } from "node:fs";

/**
 * The boot and the clock tick in which a process began: field 22 of /proc/PID/stat (proc(5)). It tells a process from a
 * later one that was given the same number.
 * @returns empty where the system does not tell, or there is no such process
 */
export function bornOf(pid: number): string {
  const stat = tryRead(`/proc/${pid}/stat`);
  if (stat === undefined) return "";
  return `${bootId()}/${statFields(stat)[19] ?? ""}`;
}

/** Of the running system; empty where it has none. */
const bootId = (): string => tryRead("/proc/sys/kernel/random/boot_id")?.trim() ?? "";

/** The fields of /proc/PID/stat from the third on; the second, a name in parentheses, may itself hold both. */
export const statFields = (stat: string): string[] => stat.slice(stat.lastIndexOf(")") + 2).split(" ");

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
