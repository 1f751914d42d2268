import { styleLabels } from "../core/artifacts.ts";
import type { WorldClassifier } from "../core/classifier-record.ts";
import type { MethodResult, Results } from "../core/run-record.ts";
import { worldName } from "../core/world-name.ts";
import { mean } from "../statistics/descriptive.ts";
import { fixed, percent } from "./format.ts";
import { left, right, type Table } from "./table.ts";

/** A method whose classifier of styles stands in the record. */
interface Classified extends Pick<MethodResult, "name"> {
  readonly fits: readonly WorldClassifier[];
}

/** Methods with classifiers of styles, in the run's order. */
function classifiedMethods({ methods }: Results): Classified[] {
  return methods.flatMap(({ name, classifiers: fits = [] }) => (fits.length === 0 ? [] : [{ name, fits }]));
}

/**
 * Accuracy of the classifiers, side by side, and the distribution of what they learned.
 * @returns nothing where no method has one
 */
export function classifierTables(results: Results): Table[] {
  const methods = classifiedMethods(results);
  return methods.length === 0 ? [] : [accuracyTable(results, methods), labelTable(results, methods)];
}

function accuracyTable(results: Results, methods: readonly Classified[]): Table {
  const seeds = results.worlds.map(({ seed }) => seed);
  const chance = percent(1 / (2 * results.config.pool.principles.length));
  return {
    id: "classifiers",
    caption: `Classifiers of styles, means over worlds: how often the most probable label is that of a train or validation user's rewards, and how often the chosen style is what a test user wants most (chance: ${chance})`,
    columns: [
      left("method"),
      left("classifier"),
      right("train"),
      right("validation"),
      right("test"),
      right("most frequent label"),
      { ...left("validation loss by epoch"), isDetail: true },
    ],
    rows: methods.map(({ name, fits }) => [
      name,
      fits[0]?.classifier ?? "",
      percent(meanOf(fits.map(({ accuracy }) => accuracy.train))),
      percent(meanOf(fits.map(({ accuracy }) => accuracy.validation))),
      percent(meanOf(fits.map(({ accuracy }) => accuracy.test))),
      percent(meanOf(fits.map(({ labels }) => Math.max(...labels.train) / total(labels.train)))),
      epochsOf(fits),
    ]),
    data: methods.flatMap(({ name, fits }) =>
      fits.map(({ seed, classifier, accuracy, labels }) => ({
        method: name,
        world: worldName(seeds, seed),
        classifier,
        train: accuracy.train,
        validation: accuracy.validation,
        test: accuracy.test,
        mostFrequentLabel: Math.max(...labels.train) / total(labels.train),
      })),
    ),
  };
}

/** What share of train and validation users has which label, all worlds together. */
function labelTable(results: Results, methods: readonly Classified[]): Table {
  const names = styleLabels(results.config.pool.principles).map(
    ({ principle, direction }) => `${direction} ${principle}`,
  );
  const cells = methods.flatMap(({ name, fits }) =>
    names.map((label, i) => {
      const share = (split: "train" | "validation"): number | null => {
        const all = fits.reduce((sum, { labels }) => sum + total(labels[split]), 0);
        const own = fits.reduce((sum, { labels }) => sum + (labels[split][i] ?? 0), 0);
        return all === 0 ? null : own / all;
      };
      return { method: name, label, train: share("train"), validation: share("validation") };
    }),
  );
  return {
    id: "labels",
    caption: "What classifiers of styles learned: users by label, all worlds together",
    columns: [left("method"), left("label"), right("train"), right("validation")],
    rows: cells.map((c) => [c.method, c.label, percent(c.train), percent(c.validation)]),
    data: cells,
  };
}

function epochsOf(fits: Classified["fits"]): string {
  const epochs = fits[0]?.epochs ?? [];
  return epochs
    .map((_, e) => fixed(meanOf(fits.map((fit) => fit.epochs?.[e]?.validationLoss ?? null))))
    .join(", ");
}

const total = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

const meanOf = (values: readonly (number | null)[]): number | null =>
  mean(values.filter((value) => value !== null));
