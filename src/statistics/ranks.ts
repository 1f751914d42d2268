/**
 * Ranks from 1; equal values share the mean of the ranks they cover. Sorts once, then gives the ranks for any counts, as if
 * each value stood in the list as often as it counts; one that counts 0 times has a rank that does not matter.
 */
export function countedRanks(values: ArrayLike<number>): (counts?: ArrayLike<number>) => Float64Array {
  const order = Uint32Array.from(values, (_, i) => i).sort(
    (a, b) => (values[a] as number) - (values[b] as number),
  );
  const ranks = new Float64Array(values.length);
  return (counts) => {
    let before = 0;
    for (let start = 0, end = 0; start < order.length; start = end) {
      const value = values[order[start] as number];
      let tied = 0;
      for (; end < order.length && values[order[end] as number] === value; end++) {
        tied += counts?.[order[end] as number] ?? 1;
      }
      for (let i = start; i < end; i++) ranks[order[i] as number] = before + (tied + 1) / 2;
      before += tied;
    }
    return ranks;
  };
}
