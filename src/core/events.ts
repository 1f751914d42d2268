/** What a run tells whoever watches it. Only the console reporter prints. */
export type RunEvent =
  /** `unit`: what is counted, where the stage's name does not say it. */
  | { readonly type: "stage"; readonly stage: string; readonly total: number; readonly unit?: string }
  | { readonly type: "progress"; readonly stage: string; readonly done: number; readonly total: number }
  | { readonly type: "note"; readonly message: string }
  /** A server does not answer, or asks for rest: told every second or so until it answers. */
  | {
      readonly type: "waiting";
      /** Its address, without anything secret. */
      readonly server: string;
      /** Why, in a few words: "connection refused". */
      readonly why: string;
      readonly tries: number;
      readonly seconds: number;
    }
  /** A server that was waited for answers again. */
  | { readonly type: "answering"; readonly server: string; readonly seconds: number };

export type Observer = (event: RunEvent) => void;
