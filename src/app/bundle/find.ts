import { openBundle } from "../../bundle/open.ts";
import type { OpenBundle } from "../../bundle/read-users.ts";
import type { System } from "../../core/ports/system.ts";

/**
 * A frozen set by what stands in `bundle` or behind `--bundle`: a folder, or a data set of the hub.
 * @throws UsageError when there is none; ApmError where the hub does not give it
 */
export async function findBundle(system: System, source: string): Promise<OpenBundle> {
  if (!source.startsWith("hf:")) return openBundle(system, source);
  const { hubBundle } = await import("./hub-set.ts");
  return hubBundle(system, source);
}
