import { homedir } from "node:os";
import { join } from "node:path";

/** An interpreter with test/reference/requirements.txt installed: `APM_PYTHON`, else the one that `.ci/run` makes. */
export const PYTHON =
  process.env.APM_PYTHON ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "apm-bench", "python", "bin", "python");
