/** Rewrites that ran on and were ended: where they went back to their prompt, or before they repeat themselves. */
export interface EndedRewrites {
  readonly mark: number;
  readonly repetition: number;
}

/** "3 rewrites that ran on were ended: ..." */
export function endedWords({ mark, repetition }: EndedRewrites): string {
  return `${mark + repetition} rewrites that ran on were ended: ${mark} at a mark of their prompt, ${repetition} before a repetition`;
}
