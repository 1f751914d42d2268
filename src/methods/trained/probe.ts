import { UsageError } from "../../core/errors.ts";
import type { OutsideSystem } from "../method.ts";

/** Whether the trainer of a method is there, speaks this protocol and takes the token. */
export function trainerProbe(place: string): OutsideSystem {
  return {
    server: place,
    async probe({ trainers }) {
      if (trainers === undefined) throw new UsageError("there is no way to a trainer here", { where: place });
      const { version, device, deviceName } = await trainers.open(place).health();
      if (device === "folder") return "jobs are laid down in this folder, for `apm-trainer run`";
      return `trainer ${version} on ${deviceName ?? device}`;
    },
  };
}
