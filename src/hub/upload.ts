import { openAsBlob } from "node:fs";
import { ApmError } from "../core/errors.ts";
import { clientOptions, hubPackage } from "./files.ts";
import { explainHub } from "./hub-errors.ts";
import type { HubAccess, HubRepo } from "./repo.ts";

/** A file of this machine, and its path in a repository. */
export interface UploadedFile {
  readonly path: string;
  readonly local: string;
}

/**
 * Writes files into a repository of the hub in one commit; the repository is made where there is none.
 * @returns the address of the commit
 * @throws ApmError with a remedy
 */
export async function uploadToHub(
  access: HubAccess,
  repo: HubRepo,
  files: readonly UploadedFile[],
  { title, isPrivate }: { readonly title: string; readonly isPrivate: boolean },
): Promise<string> {
  const { token } = access;
  if (token === undefined) {
    throw new ApmError("writing to the hub needs a token", {
      where: `hf:${repo.name}`,
      remedy: "set HF_TOKEN in the environment to a token that may write; it is written nowhere",
    });
  }
  const options = {
    ...clientOptions(access),
    accessToken: token,
    repo: { type: repo.type, name: repo.name },
  };
  try {
    const { createRepo, uploadFiles } = await hubPackage(repo);
    await createRepo({ ...options, visibility: isPrivate ? "private" : "public" }).catch(unlessThere);
    const contents = await Promise.all(
      files.map(async ({ path, local }) => ({ path, content: await openAsBlob(local) })),
    );
    const done = await uploadFiles({ ...options, files: contents, commitTitle: title });
    return done?.commit.url ?? "";
  } catch (error) {
    const { statusCode } = error as { statusCode?: unknown };
    if (statusCode !== 401 && statusCode !== 403) throw explainHub(error, repo, true).error;
    throw new ApmError(`the hub does not let this token write ${repo.name} (HTTP ${statusCode})`, {
      where: `hf:${repo.name}`,
      remedy:
        "check that HF_TOKEN may write, and that its account owns this name or belongs to the organisation",
      cause: error,
    });
  }
}

/** A repository that exists is what is wanted. */
function unlessThere(error: unknown): void {
  if ((error as { statusCode?: unknown }).statusCode !== 409) throw error;
}
