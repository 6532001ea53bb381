// The arithmetic of a transposed convolution, in the two ways to see it, and of resizing before a convolution.
// Names and order follow torch.nn.functional.conv_transpose2d. Geometry is { stride, padding, outputPadding }.
import { flip, products, shape } from "./arithmetic.mjs";

/** Output size along one direction: the "Shape" section of torch.nn.ConvTranspose2d. */
export const outputSize = (size, kernelSize, { stride, padding, outputPadding }) =>
  (size - 1) * stride - 2 * padding + (kernelSize - 1) + outputPadding + 1;

const table = (height, width, make) =>
  Array.from({ length: Math.max(0, height) }, (_, r) => Array.from({ length: Math.max(0, width) }, (_, c) => make(r, c)));

/**
 * Scatter: the products that meet in each output, in the order of the inputs. A product { value, weight, x, i, j } is
 * of the input number `x` (counted row by row) and the weight in row i, column j.
 */
export function scatter(input, kernel, { stride, padding, outputPadding }) {
  const [[height, width], [rows, columns]] = [shape(input), shape(kernel)];
  const geometry = { stride, padding, outputPadding };
  const met = table(outputSize(height, rows, geometry), outputSize(width, columns, geometry), () => []);
  input.forEach((values, r) =>
    values.forEach((value, c) =>
      kernel.forEach((weights, i) =>
        weights.forEach((weight, j) => {
          const cell = met[r * stride - padding + i]?.[c * stride - padding + j];
          cell?.push({ value, weight, x: r * width + c, i, j });
        }),
      ),
    ),
  );
  return met;
}

/** Gather: the products of each output of a convolution with stride 1; `cells` are { value, x }, x is null at zeros. */
const gather = (cells, kernel) => {
  const [[height, width], [rows, columns]] = [shape(cells), shape(kernel)];
  return table(height - rows + 1, width - columns + 1, (r, c) =>
    products(cells, kernel, r, c, { stride: 1, dilation: 1 }).map(({ value: cell, ...term }) => ({ ...term, ...cell })),
  );
};

/** A cell of an enlarged input: the number at this place of the input, or a zero where there is none. */
const cellOf = (input, row, column) => {
  const value = input[row]?.[column];
  return { value: value ?? 0, x: value === undefined ? null : row * input[0].length + column };
};

/** The input with stride − 1 zeros between its numbers and K − 1 − padding zeros around them (a negative count cuts). */
export function insertZeros(input, kernelSize, geometry) {
  const { stride, padding } = geometry;
  const [height, width] = shape(input);
  const along = (size) => outputSize(size, kernelSize, geometry) + kernelSize - 1;
  const place = (at) => (at - (kernelSize - 1 - padding)) / stride; // a fraction between two numbers
  return table(along(height), along(width), (r, c) => cellOf(input, place(r), place(c)));
}

/** The input with every number repeated stride × stride times, as nearest-neighbor resizing does, and padded. */
export function repeat(input, { stride, padding }) {
  const [height, width] = shape(input);
  const place = (at) => Math.floor((at - padding) / stride);
  return table(height * stride + 2 * padding, width * stride + 2 * padding, (r, c) => cellOf(input, place(r), place(c)));
}

/** What a view computes: the cells and the kernel that it slides (none for "scatter") and the products of each output. */
export function look(view, input, kernel, geometry) {
  if (view === "scatter") return { met: scatter(input, kernel, geometry) };
  const cells = view === "zeros" ? insertZeros(input, kernel.length, geometry) : repeat(input, geometry);
  const used = view === "zeros" ? flip(kernel) : kernel;
  return { cells, used, met: cells.length ? gather(cells, used) : [] };
}

/** The products with a number of the input: what overlaps in this output. */
export const ofInput = (terms) => terms.filter(({ x }) => x !== null);
