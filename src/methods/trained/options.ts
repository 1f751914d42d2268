import { z } from "zod";
import { addressTrouble } from "../../core/config/secrets.ts";

/** Before the path of a folder of jobs. */
const FOLDER = "folder:";
/** Whether jobs are laid into a folder, for somebody else to carry out. */
export const isFolder = (place: string): boolean => place.startsWith(FOLDER);

/** Where a trainer is. */
export const trainerPlace = z
  .string()
  .regex(/^(https?:\/\/|folder:.)/, 'write an address, as "http://localhost:8900", or "folder:PATH"')
  .superRefine((place, context) => {
    const message = isFolder(place) ? undefined : addressTrouble(place);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  })
  .describe("address of `apm-trainer serve`, or `folder:PATH` for jobs that are carried out elsewhere");

/** A checkpoint as a trainer finds it: of the hub, or on the trainer's own disk. */
export const trainerModel = z
  .string()
  .min(1)
  .describe(
    "`OWNER/NAME` of the Hugging Face hub (`OWNER/NAME@REVISION`), or a checkpoint folder or GGUF file on the trainer's disk",
  );

/** The same in the protocol's words: what begins or ends like a path is one. */
export function modelAt(text: string): Record<string, string> {
  if (/^\.{0,2}\/|\.gguf$/.test(text) || !text.includes("/")) return { path: text };
  const [name = text, revision] = text.split("@");
  return revision === undefined ? { name } : { name, revision };
}

export const precision = z
  .enum(["auto", "float32", "bfloat16"])
  .describe("of the network; `auto`: bfloat16 where the GPU has it");

export const checkpointSteps = z.int().min(1).default(50).describe("steps between two checkpoints");
