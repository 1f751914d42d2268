import { join } from "node:path";
import type { LineWriter, System } from "../../core/ports/system.ts";
import type { MissingRequest } from "../../providers/files/desk.ts";

/** Most requests in one file, and most bytes: what OpenAI's Batch API takes. */
const MOST_REQUESTS = 50_000;
const MOST_BYTES = 200_000_000;

/** A file that was written. */
export interface RequestFile {
  readonly file: string;
  readonly role: MissingRequest["role"];
  readonly requests: number;
  readonly bytes: number;
}

/** Bounds of one file. */
interface FileSize {
  readonly requests?: number;
  readonly bytes?: number;
}

/** Writes requests into files, one role each: a batch is of one model and one endpoint. */
export function requestFiles(
  system: Pick<System, "openLines">,
  dir: string,
  { requests: mostRequests = MOST_REQUESTS, bytes: mostBytes = MOST_BYTES }: FileSize = {},
): {
  add(request: MissingRequest): void;
  close(): readonly RequestFile[];
  discard(): void;
} {
  type Open = RequestFile & { requests: number; bytes: number; readonly writer: LineWriter };
  const open = new Map<string, Open>();
  const done: RequestFile[] = [];
  const counts = new Map<string, number>();

  const begin = (role: MissingRequest["role"]): Open => {
    const number = (counts.get(role) ?? 0) + 1;
    counts.set(role, number);
    const file = join(dir, `${role}-${String(number).padStart(4, "0")}.jsonl`);
    const begun = { file, role, requests: 0, bytes: 0, writer: system.openLines(file) };
    open.set(role, begun);
    return begun;
  };
  const end = ({ writer, ...file }: Open): void => {
    writer.close();
    open.delete(file.role);
    done.push(file);
  };
  return {
    add({ key, role, path, body }) {
      // The body is JSON already, as a server would have been sent it.
      const line = `{"custom_id":"${key}","method":"POST","url":"/v1${path}","body":${body}}`;
      const bytes = Buffer.byteLength(line) + 1;
      let file = open.get(role) ?? begin(role);
      if (file.requests > 0 && (file.requests >= mostRequests || file.bytes + bytes > mostBytes)) {
        end(file);
        file = begin(role);
      }
      file.writer.write(line);
      file.requests++;
      file.bytes += bytes;
    },
    close() {
      for (const file of [...open.values()]) end(file);
      return done;
    },
    discard() {
      for (const { writer } of open.values()) writer.discard();
    },
  };
}
