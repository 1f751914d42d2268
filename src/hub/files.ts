import type { ListFileEntry } from "@huggingface/hub";
import { ApmError } from "../core/errors.ts";
import { missingPackage } from "./hub-errors.ts";
import type { HubAccess, HubFile, HubRepo } from "./repo.ts";

/** The hub's own client: an optional dependency, asked for only when something of the hub is. */
export async function hubPackage(repo: HubRepo): Promise<typeof import("@huggingface/hub")> {
  try {
    return await import("@huggingface/hub");
  } catch (cause) {
    throw new ApmError("the package @huggingface/hub is not installed", {
      remedy: missingPackage(repo),
      cause,
    });
  }
}

/** What its functions take of an access. */
export function clientOptions({ token, endpoint, fetch }: HubAccess) {
  return {
    ...(token === undefined ? {} : { accessToken: token }),
    ...(endpoint === undefined ? {} : { hubUrl: endpoint.replace(/\/+$/, "") }),
    fetch,
  };
}

/** All files of a repository at a revision. Failures are those of the hub's own client. */
export async function listHubFiles(access: HubAccess, repo: HubRepo, revision: string): Promise<HubFile[]> {
  const { listFiles } = await hubPackage(repo);
  const files: HubFile[] = [];
  const entries: AsyncIterable<ListFileEntry> = listFiles({
    ...clientOptions(access),
    repo: { type: repo.type, name: repo.name },
    recursive: true,
    revision: encodeURIComponent(revision),
  });
  for await (const { type, path, size, oid, lfs } of entries) {
    const hash = lfs?.oid ?? oid;
    if (type === "file" && hash !== undefined) {
      files.push({ path, revision, size, hash, isSha256: lfs !== undefined });
    }
  }
  return files;
}
