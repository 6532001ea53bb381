// Hand-made kernels for the `filter` figure, as cross-correlation uses them. `divisor` divides the sum of products.
export const presets = {
  identity: { name: "identity", kernel: [[0, 0, 0], [0, 1, 0], [0, 0, 0]], tells: "copies the picture" },
  box: {
    name: "box blur", kernel: [[1, 1, 1], [1, 1, 1], [1, 1, 1]], divisor: 9, grows: true,
    tells: "the mean of the window: a blurred picture",
  },
  gaussian: {
    name: "Gaussian blur", kernel: [[1, 2, 1], [2, 4, 2], [1, 2, 1]], divisor: 16,
    tells: "a weighted mean, heaviest in the middle: a softer blur",
  },
  "sobel-x": {
    name: "Sobel x", kernel: [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    tells: "positive where the picture gets lighter to the right, negative where it gets darker: vertical edges",
  },
  "sobel-y": {
    name: "Sobel y", kernel: [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    tells: "positive where the picture gets lighter downward, negative where it gets darker: horizontal edges",
  },
  "prewitt-x": {
    name: "Prewitt x", kernel: [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    tells: "vertical edges like Sobel x, with equal weights",
  },
  "prewitt-y": {
    name: "Prewitt y", kernel: [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    tells: "horizontal edges like Sobel y, with equal weights",
  },
  laplacian: {
    name: "Laplacian", kernel: [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    tells: "positive where a pixel is darker than its four neighbors on average, negative where it is lighter",
  },
  sharpen: {
    name: "sharpen", kernel: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    tells: "the picture minus its Laplacian: edges stand out more",
  },
  emboss: {
    name: "emboss", kernel: [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    tells: "the picture plus its slope from the upper left to the lower right: it looks like relief",
  },
};

/** A preset at 3×3 or 5×5: the box grows, the others get a border of zeros. */
export function presetKernel(name, size) {
  const { kernel, divisor = 1, grows } = presets[name];
  if (size === 3) return { kernel: kernel.map((row) => [...row]), divisor };
  if (grows) return { kernel: Array.from({ length: 5 }, () => Array(5).fill(1)), divisor: 25 };
  const middle = (i) => kernel[i - 1];
  const wide = Array.from({ length: 5 }, (_, i) => Array.from({ length: 5 }, (_, j) => middle(i)?.[j - 1] ?? 0));
  return { kernel: wide, divisor };
}
