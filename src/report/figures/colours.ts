import { aboutOf, type RecordedMethod } from "../../methods/about.ts";

/**
 * For methods without a colour of their own, and for second configurations of the same method. They, and the colours that
 * methods say of themselves, stand out at 3:1 or more both from white and from the dark background (a test computes it);
 * figures label their rows, so colour is never the only sign.
 */
const SPARE = ["#4a8f2a", "#0e8fa3", "#b5569e", "#8a7a2e", "#6c6fe0", "#c0613f"];

/** The colour of each method, the same in every figure, report and page; methods are told apart by name. */
export function methodColours(
  methods: readonly (RecordedMethod & { readonly name: string })[],
): Map<string, string> {
  const taken = new Set<string>();
  let spare = 0;
  return new Map(
    methods.map((method) => {
      const own = aboutOf(method)?.colour;
      const colour = own === undefined || taken.has(own) ? (SPARE[spare++ % SPARE.length] as string) : own;
      taken.add(colour);
      return [method.name, colour];
    }),
  );
}
