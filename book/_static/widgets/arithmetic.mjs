// The arithmetic of a convolution layer. Names and order follow torch.nn.functional.conv2d; sizes are in pixels.
// Matrices are arrays of rows. Geometry is { stride, padding, dilation }, the same in both directions.

export const shape = (matrix) => [matrix.length, matrix[0].length];

/** How many pixels a dilated kernel covers. */
export const span = (kernelSize, dilation) => dilation * (kernelSize - 1) + 1;

/** Output size along one direction: the "Shape" section of torch.nn.Conv2d. */
export const outputSize = (size, kernelSize, { stride, padding, dilation }) =>
  Math.floor((size + 2 * padding - span(kernelSize, dilation)) / stride) + 1;

/** Rotate by 180 degrees: what true convolution does to the kernel. */
export const flip = (kernel) => kernel.toReversed().map((row) => row.toReversed());

/** Surround a matrix with `padding` rows and columns of zeros. */
export function pad(input, padding) {
  const [height, width] = shape(input);
  return Array.from({ length: height + 2 * padding }, (_, row) =>
    Array.from({ length: width + 2 * padding }, (_, column) => input[row - padding]?.[column - padding] ?? 0),
  );
}

/** The products of one output: kernel place (i, j), place in the padded input, both factors. */
export function products(padded, kernel, row, column, { stride, dilation }) {
  return kernel.flatMap((weights, i) =>
    weights.map((weight, j) => {
      const at = { row: row * stride + i * dilation, column: column * stride + j * dilation };
      return { i, j, ...at, weight, value: padded[at.row][at.column] };
    }),
  );
}

export const sum = (terms) => terms.reduce((total, { weight, value }) => total + weight * value, 0);

/** Cross-correlation, as torch.nn.functional.conv2d; an empty array where no window fits. */
export function conv2d(input, kernel, geometry) {
  const padded = pad(input, geometry.padding);
  const [height, width] = shape(input).map((size, axis) => outputSize(size, shape(kernel)[axis], geometry));
  if (height < 1 || width < 1) return [];
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => sum(products(padded, kernel, row, column, geometry))),
  );
}

/** How many rows (or columns) at the end of the padded input no window reaches, because the size is floored. */
export const dropped = (size, kernelSize, { stride, padding, dilation }) =>
  (size + 2 * padding - span(kernelSize, dilation)) % stride;

/** Parameters of torch.nn.Conv2d: weight (outChannels, inChannels / groups, k, k) and one bias for each output channel. */
export function parameters({ inChannels, outChannels, kernelSize, groups = 1, bias = true }) {
  const weights = outChannels * (inChannels / groups) * kernelSize ** 2;
  return { weights, biases: bias ? outChannels : 0, total: weights + (bias ? outChannels : 0) };
}

/** Multiply-accumulates for one input: every weight is used once for each of the height × width positions. */
export const macs = (layer, height, width) => parameters(layer).weights * height * width;
