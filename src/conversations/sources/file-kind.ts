import { UsageError } from "../../core/errors.ts";
import type { ByteSource } from "../../parquet/read.ts";

interface Stranger {
  /** First bytes, one character each. */
  readonly magic: readonly string[];
  readonly what: string;
  readonly remedy: string;
}

const packed = (what: string, magic: string, tool: string): Stranger => ({
  magic: [magic],
  what: `compressed with ${what}`,
  remedy: `unpack it (${tool}) and give the file inside`,
});

/** Files of other kinds that stand where data are expected, and what to do with each. */
const STRANGERS: readonly Stranger[] = [
  {
    magic: ["version https://git-lfs.github.com/"],
    what: "a pointer of Git LFS: the data themselves were not fetched",
    remedy: "fetch them with git lfs pull, or download the file from its web page",
  },
  packed("gzip", "\x1f\x8b", "gunzip"),
  packed("zstd", "\x28\xb5\x2f\xfd", "zstd -d"),
  packed("bzip2", "BZh", "bunzip2"),
  packed("xz", "\xfd7zXZ", "unxz"),
  { magic: ["PK\x03\x04"], what: "a ZIP archive", remedy: "unpack it and give the file inside" },
  {
    magic: ["ARROW1", "\xff\xff\xff\xff"],
    what: "an Arrow file",
    remedy: "save it as Parquet (pyarrow.parquet.write_table)",
  },
  { magic: ["SQLite format 3"], what: "an SQLite database", remedy: "export the table as JSONL" },
  { magic: ["PARE"], what: "encrypted Parquet", remedy: "save it without encryption" },
  {
    magic: ["\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05"],
    what: "a Python pickle",
    remedy: "save it as JSONL or Parquet",
  },
];
const MARKUP = /^(?:\u00ef\u00bb\u00bf)?\s*<(?:!doctype|html|\?xml|!--)/i;
const PAGE: Stranger = {
  magic: [],
  what: "a web page (HTML or XML)",
  remedy: "download the file itself, not the page that shows it",
};

/** Bytes from the beginning of a file that are looked at. */
const HEAD_BYTES = 256;

/**
 * Whether a file is Parquet or text, by how it begins; its name may say otherwise.
 * @throws UsageError for another kind, by name
 */
export async function kindAt(bytes: ByteSource, file: string): Promise<"parquet" | "text"> {
  return kindOf(new Uint8Array(await bytes.slice(0, Math.min(HEAD_BYTES, bytes.byteLength))), file);
}

function kindOf(head: Uint8Array, file: string): "parquet" | "text" {
  const begin = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString("latin1");
  if (begin.startsWith("PAR1")) return "parquet";
  const stranger = MARKUP.test(begin)
    ? PAGE
    : STRANGERS.find(({ magic }) => magic.some((bytes) => begin.startsWith(bytes)));
  if (stranger !== undefined) {
    throw new UsageError(`this file is ${stranger.what}`, { where: file, remedy: stranger.remedy });
  }
  if (file.toLowerCase().endsWith(".parquet")) {
    throw new UsageError(
      head.byteLength === 0 ? "this file is empty" : "this is no Parquet file: it does not begin with PAR1",
      { where: file, remedy: "check that the download is complete; JSON lines belong into a .jsonl file" },
    );
  }
  return "text";
}
