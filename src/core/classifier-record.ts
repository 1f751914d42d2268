/** A share of users for each part; `null` where nobody's label is known. */
interface Shares {
  readonly train: number | null;
  readonly validation: number | null;
}

/** How a classifier of styles was fitted in one world. */
export interface ClassifierFit {
  /** `linear`, `embedding`, or the encoder's name. */
  readonly classifier: string;
  /** How often its most probable label is the most probable one of a user's target. */
  readonly accuracy: Shares;
  /** Users by label (a soft target counts in parts), in the labels' order. */
  readonly labels: { readonly train: readonly number[]; readonly validation: readonly number[] };
  /** Of a classifier that is trained step by step, thinned out. */
  readonly lossCurve?: readonly { readonly step: number; readonly loss: number }[];
  /** After each epoch; epoch 0 is untrained. */
  readonly epochs?: readonly {
    readonly epoch: number;
    readonly trainLoss: number | null;
    readonly validationLoss: number | null;
    readonly validationAccuracy: number | null;
  }[];
}

/**
 * The same with what the evaluation alone can know: how often the style that was chosen for a test user is that of the
 * user's strongest target (one of them, where several are equally strong).
 */
export interface ClassifierRecord extends Omit<ClassifierFit, "accuracy"> {
  readonly accuracy: Shares & { readonly test: number | null };
}

/** The same in the world of a seed. */
export interface WorldClassifier extends ClassifierRecord {
  readonly seed: number;
}

/** Of a method: how its classifier of styles was fitted in each world, where it has one. */
export interface ClassifiersRecord {
  readonly classifiers?: readonly WorldClassifier[];
}
