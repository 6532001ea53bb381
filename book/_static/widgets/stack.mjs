// The arithmetic of a stack of layers along one direction. A layer is { kernelSize, stride, padding, dilation };
// row 0 is the input, row l holds the units of layer l. Places are counted from 0; the padding lies below 0 and past the end.
import { outputSize } from "./arithmetic.mjs";

/**
 * The receptive field of unit 0 of each row: its `size` in input pixels, the `jump` in pixels to the next unit's field,
 * and its first pixel, `start` (negative: before the input).
 */
export function fields(layers) {
  const rows = [{ size: 1, jump: 1, start: 0 }];
  for (const { kernelSize, stride, padding, dilation } of layers) {
    const { size, jump, start } = rows.at(-1);
    rows.push({ size: size + dilation * (kernelSize - 1) * jump, jump: jump * stride, start: start - padding * jump });
  }
  return rows;
}

/** How many units each row has; ends early, with a number below 1, at a layer whose window does not fit. */
export function rowSizes(layers, inputSize) {
  const sizes = [inputSize];
  for (const layer of layers) {
    if (sizes.at(-1) < 1) break;
    sizes.push(outputSize(sizes.at(-1), layer.kernelSize, layer));
  }
  return sizes;
}

/**
 * How many paths lead from each place up to `unit` of the last row: for every row a Map from place to count.
 * A zero of the padding is read, too, but nothing leads into it.
 */
export function paths(layers, sizes, unit) {
  const rows = [new Map([[unit, 1]])];
  for (let l = layers.length; l > 0; l--) {
    const below = new Map();
    for (const [place, count] of rows[0]) {
      if (!isInside(place, sizes[l])) continue;
      for (const tap of taps(layers[l - 1], place)) below.set(tap, (below.get(tap) ?? 0) + count);
    }
    rows.unshift(below);
  }
  return rows;
}

/** The places in the row below that a unit of `layer` reads. */
export const taps = ({ kernelSize, stride, padding, dilation }, unit) =>
  Array.from({ length: kernelSize }, (_, k) => unit * stride + k * dilation - padding);

export const isInside = (place, size) => place >= 0 && place < size;

/** The counts of a row's `size` real units, in order. */
export const insideCounts = (row, size) => Array.from({ length: size }, (_, place) => row.get(place) ?? 0);

/** All paths of a unit, those that end in zeros of the padding included: one for each choice of a tap in every layer. */
export const allPaths = (layers) => layers.reduce((product, { kernelSize }) => product * kernelSize, 1);

/** The fewest entries that hold at least half of the sum. */
export function halfOf(counts) {
  const total = counts.reduce((a, b) => a + b, 0);
  let [held, entries] = [0, 0];
  for (const count of counts.toSorted((a, b) => b - a)) {
    if (2 * held >= total) break;
    held += count;
    entries++;
  }
  return entries;
}
