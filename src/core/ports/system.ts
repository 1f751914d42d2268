/** A line of a text file; numbered from 1. */
export interface TextLine {
  readonly number: number;
  readonly text: string;
}

/** What a command may do to the world outside: the only doors to terminal, disk and environment. */
export interface System {
  /** Folder that relative paths start from. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard error is a terminal that a person watches. */
  readonly isTerminal: boolean;
  /** Letters that a line of that terminal holds; `undefined` where nobody can tell. */
  readonly columns?: (() => number | undefined) | undefined;
  stdout(text: string): void;
  stderr(text: string): void;
  /** @throws UsageError when there is no such file, or it cannot be read */
  readFile(path: string): Uint8Array;
  /** The lines of a text file, read a piece at a time; numbered from 1. @throws UsageError as `readFile` */
  readLines(path: string): Iterable<TextLine>;
  exists(path: string): boolean;
  /** Writes a whole file at once (a temporary file, then renamed), making folders as needed. */
  writeFile(path: string, content: string | Uint8Array): void;
  /** A file that is written line by line and appears under its name when it is closed. */
  openLines(path: string): LineWriter;
  /** A file that is written piece by piece and appears under its name when it is closed. */
  createFile(path: string): FileWriter;
  /** A file that is read in pieces, wherever in it. @throws UsageError as `readFile` */
  openFile(path: string): FileReader;
  /** Aborted when the user asks the process to stop (Ctrl-C, SIGTERM). */
  readonly stopSignal: AbortSignal;
}

export interface FileWriter {
  write(bytes: Uint8Array): void;
  /** Makes the file appear. */
  close(): void;
  /** Removes what was written so far; nothing, once the file is whole. */
  discard(): void;
}

export interface FileReader {
  readonly byteLength: number;
  slice(start: number, end?: number): ArrayBuffer;
  close(): void;
}

export interface LineWriter {
  write(line: string): void;
  /** Puts what was written into the file's `.part`, where others can read it before it is whole. */
  flush(): void;
  /** Makes the file appear. */
  close(): void;
  /** Removes what was written so far. */
  discard(): void;
}
