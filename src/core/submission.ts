/** Answers that came as a file, to a frozen set: which file, and when it came. */
export interface Submission {
  /** The method whose answers they are. */
  readonly method: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
  /** ISO date, as told by whoever scored them. */
  readonly received: string;
}
