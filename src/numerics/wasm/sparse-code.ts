import {
  add,
  addDoubles,
  advance,
  type Code,
  constant,
  type FunctionCode,
  fourTimes,
  get,
  I32,
  loadFloatAsDoubles,
  loadInteger,
  loadVector,
  multiply,
  multiplyDoubles,
  set,
  storeVectorAt,
  V128,
  whileAtMost,
} from "./assemble.ts";

const [ENDS, LAST, INDEX, DENSE, OUT, STRIDE, END, AT, VALUE] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
const SUM = 9;
/** Of a column's index, and of a value as well. */
export const INDEX_BYTES = 4;
const VECTOR_BYTES = 16;

/**
 * The function `product`: rows of a sparse matrix times `2 * vectors` columns of a dense one, in one pass over the entries. Each
 * sum is built from the first entry of the row to the last, every product and sum rounded by itself: as in a plain loop.
 * Its parameters, addresses and distances in bytes: where the end of each row's indices stands, the last of these places,
 * the first index, the dense matrix, the result, and the distance from row to row of both.
 * @param toValues bytes from an entry's index to its value
 */
export function sparseProductCode(vectors: number, toValues: number): FunctionCode {
  const all = (code: (v: number) => Code): Code => Array.from({ length: vectors }, (_, v) => code(v)).flat();
  const entry: Code = [
    ...[...get(INDEX), ...loadInteger(0), ...get(STRIDE), ...multiply, ...get(DENSE), ...add, ...set(AT)],
    ...[...get(INDEX), ...loadFloatAsDoubles(toValues), ...set(VALUE)],
    ...all((v) => [
      ...[...get(VALUE), ...get(AT), ...loadVector(VECTOR_BYTES * v), ...multiplyDoubles],
      ...[...get(SUM + v), ...addDoubles, ...set(SUM + v)],
    ]),
    ...advance(INDEX, constant(INDEX_BYTES)),
  ];
  return {
    name: "product",
    parameters: [I32, I32, I32, I32, I32, I32],
    locals: [
      { count: 2, type: I32 },
      { count: 1 + vectors, type: V128 },
    ],
    body: whileAtMost(get(ENDS), get(LAST), [
      ...[...get(ENDS), ...loadInteger(0), ...set(END)],
      ...all((v) => [...fourTimes(0), ...set(SUM + v)]),
      ...whileAtMost([...get(INDEX), ...constant(INDEX_BYTES), ...add], get(END), entry),
      ...all((v) => [...get(OUT), ...get(SUM + v), ...storeVectorAt(VECTOR_BYTES * v)]),
      ...advance(OUT, get(STRIDE)),
      ...advance(ENDS, constant(4)),
    ]),
  };
}
