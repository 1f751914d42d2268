import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** What a stand-in hub keeps of uploads: the part of the hub's interface that its own client uses to write. */
export interface HubUploads {
  /** Repositories that were made, as they were asked for. */
  readonly made: unknown[];
  /** @returns status and body of an answer; `undefined` for a request of another kind */
  answer(request: IncomingMessage, path: string): Promise<{ status: number; body: unknown } | undefined>;
}

/** @param files of the main branch, into which commits go */
export function hubUploads(files: Record<string, Buffer>, url: () => string): HubUploads {
  const made: unknown[] = [];
  const large = new Map<string, Buffer>();
  return {
    made,
    async answer(request, path) {
      if (request.method === "PUT" && path.startsWith("/upload/")) {
        const content = await bodyOf(request);
        const oid = path.slice("/upload/".length);
        if (createHash("sha256").update(content).digest("hex") !== oid) return { status: 400, body: {} };
        large.set(oid, content);
        return { status: 200, body: {} };
      }
      if (request.method !== "POST") return undefined;
      if (!(request.headers.authorization ?? "").startsWith("Bearer hf_")) return { status: 401, body: {} };
      const text = (await bodyOf(request)).toString();
      if (path === "/api/repos/create") {
        if (made.length > 0) return { status: 409, body: { error: "it exists" } };
        made.push(JSON.parse(text));
        return { status: 200, body: { url: `${url()}/datasets/owner/name`, id: "owner/name" } };
      }
      if (path.includes("/preupload/")) {
        const asked = JSON.parse(text) as { files: { path: string }[] };
        const modeOf = (name: string): string => (name.endsWith(".parquet") ? "lfs" : "regular");
        return {
          status: 200,
          body: { files: asked.files.map((file) => ({ ...file, uploadMode: modeOf(file.path) })) },
        };
      }
      if (path.endsWith("/info/lfs/objects/batch")) {
        const { objects } = JSON.parse(text) as { objects: { oid: string; size: number }[] };
        const actions = (oid: string) => ({ upload: { href: `${url()}/upload/${oid}`, header: {} } });
        return {
          status: 200,
          body: { transfer: "basic", objects: objects.map((o) => ({ ...o, actions: actions(o.oid) })) },
        };
      }
      if (!path.includes("/commit/")) return undefined;
      for (const line of text.split("\n")) {
        const { key, value } = JSON.parse(line) as { key: string; value: Record<string, string> };
        if (key === "file") files[value.path as string] = Buffer.from(value.content as string, "base64");
        if (key === "lfsFile") files[value.path as string] = large.get(value.oid as string) as Buffer;
      }
      return { status: 200, body: { commitOid: "c".repeat(40), commitUrl: `${url()}/commit/c` } };
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
