/** What a training came to: `training.json` of the checkpoint, as pretrain.py writes it. */
export interface TrainingRecord {
  readonly parameters: number;
  readonly steps: number;
  /** Tokens read, padding left out, and those of them in answers. */
  readonly tokens: number;
  readonly answerTokens: number;
  /** Documents read, and those left out because they were too long. */
  readonly documents: number;
  readonly tooLong: number;
  readonly seconds: number;
}

/** A point of the training's curve. */
export interface CurvePoint {
  readonly step: number;
  readonly tokens: number;
  readonly seconds: number;
  readonly rate: number;
  /** Mean of the steps since the point before: nats a token of an answer. */
  readonly loss: number;
  /** Nats a token of held-out answers; measured now and then. */
  readonly heldOut: number | null;
  /** Nats by which a held-out answer is less likely when the opposite of its instruction is told; measured with `heldOut`. */
  readonly told: number | null;
}

/** `curve.csv` of the checkpoint. */
export function readCurve(csv: string): CurvePoint[] {
  const [head, ...lines] = csv.trimEnd().split("\n");
  const columns = head?.split(",") ?? [];
  return lines.map((line) => {
    const cells = line.split(",");
    const cell = (column: keyof CurvePoint): string => cells[columns.indexOf(column)] ?? "";
    const measured = (column: keyof CurvePoint) => (cell(column) === "" ? null : Number(cell(column)));
    return {
      step: Number(cell("step")),
      tokens: Number(cell("tokens")),
      seconds: Number(cell("seconds")),
      rate: Number(cell("rate")),
      loss: Number(cell("loss")),
      heldOut: measured("heldOut"),
      told: measured("told"),
    };
  });
}
