import { resolve } from "node:path";
import { UsageError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { System } from "../../core/ports/system.ts";
import type { OpenTrainer } from "../../core/ports/trainer.ts";
import type { Transport } from "../http/transport.ts";
import { folderTrainer } from "./folder-trainer.ts";
import { httpTrainer } from "./http-trainer.ts";
import { trainerRequests } from "./requests.ts";

/** Before the path of a folder of jobs. */
const FOLDER = "folder:";

/** Opens trainers at an http address or `folder:PATH`. */
export function trainersOf(
  system: Pick<System, "cwd" | "env" | "stopSignal" | "readFile" | "writeFile" | "exists">,
  { transport, clock }: { readonly transport: Transport; readonly clock: Clock },
): OpenTrainer {
  const { env, stopSignal: stop } = system;
  return (place) => {
    if (place.startsWith(FOLDER))
      return folderTrainer(resolve(system.cwd, place.slice(FOLDER.length)), system);
    if (!/^https?:\/\//.test(place)) {
      throw new UsageError(`"${place}" is no trainer`, {
        remedy: 'write an address, as "http://localhost:8900", or "folder:PATH"',
      });
    }
    return httpTrainer(trainerRequests(place, { env, transport, stop }), { clock, stop });
  };
}
