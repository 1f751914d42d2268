import { UsageError } from "./errors.ts";
import type { TextLine } from "./ports/system.ts";

/**
 * A whole text file: UTF-8, or UTF-16 in either order of bytes; its byte-order mark is no part of the text.
 * @throws UsageError when the bytes are in another encoding, or more than a string holds
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return decoderFor(bytes, file).decode(bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_STRING_TOO_LONG") {
      throw new UsageError("this file is too large to be read at once", {
        where: file,
        remedy: "write one record a line (.jsonl)",
        cause: error,
      });
    }
    throw error instanceof UsageError ? error : foreignBytes(file, error);
  }
}

type Decoder = InstanceType<typeof TextDecoder>;

/**
 * The lines of a text that comes in pieces, ended by a line feed, a carriage return or both; memory of one line.
 * @throws UsageError naming the line that is in another encoding than UTF-8 or UTF-16
 */
export function* linesOfText(chunks: Iterable<Uint8Array>, file: string): Generator<TextLine> {
  let decoder: Decoder | undefined;
  let number = 0;
  let rest = "";
  const decode = (bytes?: Uint8Array): string => {
    try {
      decoder ??= decoderFor(bytes ?? new Uint8Array(), file);
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (error) {
      throw error instanceof UsageError ? error : foreignBytes(`${file}, after line ${number}`, error);
    }
  };
  for (const chunk of chunks) {
    const text = rest + decode(chunk);
    // A carriage return at the end may be half of a line end.
    const held = text.endsWith("\r") ? 1 : 0;
    const pieces = split(held === 0 ? text : text.slice(0, -1));
    rest = (pieces.pop() as string) + (held === 0 ? "" : "\r");
    for (const piece of pieces) yield { number: ++number, text: piece };
  }
  const pieces = split(rest + decode());
  if (pieces[pieces.length - 1] === "") pieces.pop();
  for (const piece of pieces) yield { number: ++number, text: piece };
}

/** The regular expression costs several times as much, and few files need it. */
function split(text: string): string[] {
  return text.includes("\r") ? text.split(/\r\n|\n|\r/) : text.split("\n");
}

/** By the byte-order mark, else by the zeros that UTF-16 puts beside each ASCII letter. */
function decoderFor(head: Uint8Array, file: string): Decoder {
  const [a, b, c, d] = head;
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff)) {
    throw new UsageError("this text is UTF-32", { where: file, remedy: "save it as UTF-8" });
  }
  if ((a === 0xff && b === 0xfe) || (b === 0 && d === 0 && a && c)) {
    return new TextDecoder("utf-16le", { fatal: true });
  }
  if ((a === 0xfe && b === 0xff) || (a === 0 && c === 0 && b && d)) {
    return new TextDecoder("utf-16be", { fatal: true });
  }
  return new TextDecoder("utf-8", { fatal: true });
}

function foreignBytes(where: string, cause: unknown): UsageError {
  return new UsageError("this is no text in UTF-8 or UTF-16", {
    where,
    remedy: "save it as UTF-8 (iconv -f WINDOWS-1252 -t UTF-8, where it came from Windows)",
    cause,
  });
}
