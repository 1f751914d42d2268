import type { ModelConfig } from "../core/config/model-schema.ts";
import type { Results } from "../core/run-record.ts";
import { simulatedRoles } from "../core/simulated.ts";
import type { ExportedRun } from "./records.ts";

/** A model by the two names that the datastore files it under. */
interface FiledModel {
  readonly developer: string;
  readonly name: string;
}

/**
 * `developer/model` of a model: its own name where it has two parts, as on the Hugging Face hub; otherwise below the provider
 * that ran it. A checkpoint's folder is named by its last part.
 */
export function filed(settings: ModelConfig, inProcess: ExportedRun["inProcess"]): FiledModel {
  const { provider, model } = settings;
  const parts = model.split("/").filter((part) => part !== "" && part !== ".");
  const [developer, name] =
    !inProcess(settings) && parts.length > 1 ? parts.slice(-2) : [provider, parts.at(-1)];
  return { developer: portable(developer ?? ""), name: portable(name ?? "") };
}

/** A name that every file system takes, never empty, and never one that the datastore keeps for itself. */
function portable(name: string): string {
  const plain = name.replace(/[^\w.-]+/g, "-").replace(/^[.-]+|[.-]+$/g, "");
  return plain === "" || /^(data|con|prn|aux|nul|com\d|lpt\d|unknown)(\.|$)/i.test(plain)
    ? `model-${plain}`
    : plain;
}

/** The id of a model in the datastore. */
export const idOf = (model: FiledModel): string => `${model.developer}/${model.name}`;

/** What of a run was simulated, as texts: the schema takes no others in its details. */
export function markTexts(results: Results): Record<string, string> {
  const roles = simulatedRoles(results);
  return { simulated: String(roles.length > 0), simulatedRoles: roles.join(" ") };
}

/** What the schema asks for of a model. */
export function modelInfo(
  model: ModelConfig,
  role: "base" | "judge",
  { results, inProcess }: Pick<ExportedRun, "results" | "inProcess">,
): object {
  const file = filed(model, inProcess);
  const isOurs = inProcess(model);
  return {
    name: file.name,
    id: idOf(file),
    developer: file.developer,
    inference_platform: model.provider,
    additional_details: {
      deployment_type: isOurs ? "self_deployed" : "unknown",
      model_availability: isOurs ? "open_weights" : "unknown",
      identity: results.models[role].identity,
      simulated: String(simulatedRoles(results).includes(role)),
    },
  };
}
