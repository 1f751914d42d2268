/** A repository of the Hugging Face hub. */
export interface HubRepo {
  readonly type: "dataset" | "model";
  /** `OWNER/NAME`. */
  readonly name: string;
  /** Branch, tag or commit; the main branch when absent. */
  readonly revision?: string;
}

/** A file of a repository, as the hub lists it. */
export interface HubFile {
  readonly path: string;
  readonly revision: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the contents, or Git's own hash of a file that lies in the repository itself. */
  readonly hash: string;
  readonly isSha256: boolean;
}

/** The way to the hub. */
export interface HubAccess {
  /** From the environment alone; never shown or stored. */
  readonly token?: string | undefined;
  /** Another server with the hub's interface. */
  readonly endpoint?: string | undefined;
  readonly fetch: typeof fetch;
}
