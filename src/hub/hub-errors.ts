import { ApmError } from "../core/errors.ts";
import type { HubRepo } from "./repo.ts";

/** What else there is than the hub. */
const OTHERWISE = {
  dataset: "download the Parquet files yourself and give their paths",
  model: "download the files of the model into a folder yourself and write local:<folder>",
} as const;
const NAMED = { dataset: "data set", model: "model" } as const;

export const missingPackage = ({ type }: HubRepo): string =>
  `npm install @huggingface/hub, or ${OTHERWISE[type]}`;

/** @returns the error for the user, and whether the network was away, so that kept data may serve */
export function explainHub(
  error: unknown,
  { type, name, revision }: HubRepo,
  hasToken: boolean,
): { error: ApmError; isOffline: boolean } {
  if (error instanceof ApmError) return { error, isOffline: false };
  const page = `https://huggingface.co/${type === "dataset" ? "datasets/" : ""}${name}`;
  const where = `hf:${name}${revision === undefined ? "" : `@${revision}`}`;
  const explained = (message: string, remedy: string, isOffline = false) => ({
    error: new ApmError(message, { where, remedy, cause: error }),
    isOffline,
  });
  const status = (error as { statusCode?: unknown }).statusCode;
  if (status === 401 || status === 403) {
    return hasToken
      ? explained(
          `the hub does not let this token read ${name} (HTTP ${status})`,
          `accept the ${NAMED[type]}'s terms at ${page}, and check that HF_TOKEN belongs to that account`,
        )
      : explained(
          `${name} does not exist, or is private or gated (HTTP ${status})`,
          `check the name; for a gated ${NAMED[type]} accept its terms at ${page} and set HF_TOKEN in the environment`,
        );
  }
  if (status === 404) {
    return explained(
      `the hub has no ${NAMED[type]} ${name}${revision === undefined ? "" : ` at revision ${revision}`}`,
      "check owner, name and revision: hf:OWNER/NAME@revision",
    );
  }
  if (status === 429) {
    return explained(
      "the hub limits the rate of requests (HTTP 429)",
      "run the same command again in some minutes: complete files are kept; with HF_TOKEN set the hub allows more",
      true,
    );
  }
  if (typeof status === "number") {
    return explained(
      `the hub failed (HTTP ${status})`,
      "try again later; complete files are kept",
      status >= 500,
    );
  }
  // Its client hands some failures on as bare words.
  const { message, cause, code } = (typeof error === "string" ? new Error(error) : error) as Error & {
    cause?: { code?: string; message?: string };
    code?: string;
  };
  if (/access token/i.test(message)) {
    return explained(
      "HF_TOKEN does not hold a token of the hub",
      "set it to a token that begins with hf_, or unset it",
    );
  }
  const reason = code ?? cause?.code;
  if (reason === "ENOSPC" || reason === "EACCES" || reason === "EROFS" || reason === "EDQUOT") {
    return explained(
      `cannot keep the download: ${reason}`,
      "make room, or set APM_BENCH_CACHE to another folder",
    );
  }
  return explained(
    `cannot reach the Hugging Face hub (${reason ?? cause?.message ?? message})`,
    `check the network and run the same command again: what was loaded is kept; or ${OTHERWISE[type]}`,
    true,
  );
}
