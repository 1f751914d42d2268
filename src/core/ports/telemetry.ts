/** What stands in a span; lists of texts are the only lists. */
export type SpanValue = string | number | boolean | readonly string[];
export type SpanValues = Readonly<Record<string, SpanValue>>;

/** Tells a collector of model calls. The one there is, OpenTelemetry, is loaded where it is asked for. */
export interface Telemetry {
  /** Whether prompts and answers may stand in spans. */
  readonly content: boolean;
  /**
   * Carries out work in a span of its own. What it fails with is told by its kind alone, and thrown on.
   * @param told what is known of the work once it is done
   */
  span<R>(
    name: string,
    values: SpanValues,
    work: () => Promise<R>,
    told: (result: R) => SpanValues,
  ): Promise<R>;
  /** Delivers what is left. What could not be delivered is said, and is no failure of the run. */
  close(): Promise<void>;
}
