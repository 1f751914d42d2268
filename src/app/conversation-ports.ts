import { resolve } from "node:path";
import { asyncBufferFromFile } from "hyparquet";
import { hubClient } from "../conversations/sources/hub.ts";
import type { SourcePorts } from "../conversations/sources/load.ts";
import type { System } from "../core/ports/system.ts";
import { cacheFolder, hubEnvironment } from "../hub/cache-folder.ts";
import { systemClock } from "../providers/decorators/system-clock.ts";
import { patientFetch } from "../providers/http/patient-fetch.ts";
import { httpTransport } from "../providers/http/transport.ts";

/** The real disk and the real hub. HF_TOKEN, HF_ENDPOINT, APM_BENCH_CACHE and proxies are read from the environment. */
export function conversationPorts(system: System): SourcePorts {
  const { cwd, env, stopSignal } = system;
  const note = (message: string): void => system.stderr(`${message}\n`);
  const { fetch } = httpTransport(env, stopSignal);
  return {
    files: {
      readFile: (path) => system.readFile(path),
      readLines: (path) => system.readLines(path),
      async openBytes(path) {
        if (!system.exists(path)) system.readFile(path);
        return asyncBufferFromFile(resolve(cwd, path));
      },
    },
    hub: hubClient({
      cacheDir: resolve(cwd, cacheFolder(env)),
      ...hubEnvironment(env),
      fetch,
      patientFetch: patientFetch(fetch, { clock: systemClock, note, stop: stopSignal }),
      note,
    }),
  };
}
