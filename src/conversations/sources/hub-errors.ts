import { ApmError } from "../../core/errors.ts";
import type { HubDataset } from "./source-spec.ts";

export const MISSING_PACKAGE =
  "npm install @huggingface/hub, or download the Parquet files yourself and give their paths";

/** @returns the error for the user, and whether the network was away, so that kept data may serve */
export function explainHub(
  error: unknown,
  { name, revision }: HubDataset,
  hasToken: boolean,
): { error: ApmError; isOffline: boolean } {
  if (error instanceof ApmError) return { error, isOffline: false };
  const page = `https://huggingface.co/datasets/${name}`;
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
          `accept the data set's terms at ${page}, and check that HF_TOKEN belongs to that account`,
        )
      : explained(
          `${name} does not exist, or is private or gated (HTTP ${status})`,
          `check the name; for a gated data set accept its terms at ${page} and set HF_TOKEN in the environment`,
        );
  }
  if (status === 404) {
    return explained(
      `the hub has no data set ${name}${revision === undefined ? "" : ` at revision ${revision}`}`,
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
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  if (/access token/i.test(message)) {
    return explained(
      "HF_TOKEN does not hold a token of the hub",
      "set it to a token that begins with hf_, or unset it",
    );
  }
  const code = (error as NodeJS.ErrnoException).code ?? cause?.code;
  if (code === "ENOSPC" || code === "EACCES" || code === "EROFS") {
    return explained(
      `cannot keep the download: ${code}`,
      "make room, or set APM_BENCH_CACHE to another folder",
    );
  }
  return explained(
    `cannot reach the Hugging Face hub (${code ?? cause?.message ?? message})`,
    "check the network; or download the Parquet files elsewhere and give their paths",
    true,
  );
}
