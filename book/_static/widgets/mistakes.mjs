// What a wrong prediction would be right for: lists of [value, explanation], the most telling first.
import { flip, products, sum } from "./arithmetic.mjs";
import { allPaths, fields } from "./stack.mjs";

/** Wrong values of the output at (row, column). `kernel` is the kernel in use, already flipped where `flipped`. */
export function convMistakes({ padded, kernel, stride, padding, dilation, flipped }, row, column) {
  const window = (top, left, weights = kernel, gap = dilation) => {
    const end = [top + gap * (weights.length - 1), left + gap * (weights[0].length - 1)];
    const fits = top >= 0 && left >= 0 && padded[end[0]]?.[end[1]] !== undefined;
    return fits ? sum(products(padded, weights, top, left, { stride: 1, dilation: gap })) : null;
  };
  const [top, left] = [row * stride, column * stride];
  const terms = products(padded, kernel, row, column, { stride, dilation });
  const flipText = flipped ? "That is what the kernel gives without the flip." : "That is what the flipped kernel gives.";
  return [
    [window(top, left, flip(kernel)), flipText],
    [padding ? window(top + padding, left + padding) : null, "Start in the padding, not at the first pixel."],
    [stride > 1 ? window(row, column) : null, "That is stride 1: each output moves the window by the stride."],
    [dilation > 1 ? window(top, left, kernel, 1) : null, "That is without dilation: leave gaps between the pixels."],
    [window(top, left - stride), "That is the output one column to the left."],
    [window(top + stride, left), "That is the output one row below."],
    [sum(terms.map((term) => ({ ...term, weight: 1 }))), "That is the sum of the pixels: multiply by the weights first."],
    [sum(terms.map((term) => ({ ...term, weight: Math.abs(term.weight) }))), "Mind the signs of the weights."],
  ];
}

/** Wrong counts of a layer's parameters. */
export function parameterMistakes({ inChannels, outChannels, kernelSize, groups, bias }) {
  const biases = bias ? outChannels : 0;
  const window = kernelSize ** 2;
  const weights = (outChannels * inChannels * window) / groups;
  return [
    [bias ? weights : weights + outChannels, bias ? "That leaves out the biases." : "This layer has no biases."],
    [weights + 1, "There is one bias for each output channel, not one in all."],
    [weights + inChannels, "There is one bias for each output channel, not for each input channel."],
    [outChannels * inChannels * window + biases, "With groups, a filter reads only its own group's input channels."],
    [outChannels * window + biases, "A filter has one kernel for each input channel it reads."],
    [inChannels * window + biases, "There is one filter for each output channel."],
    [(outChannels * inChannels) / groups + biases, "A kernel has k×k weights, not one."],
    [(outChannels * inChannels * kernelSize) / groups + biases, "A kernel has k×k weights, not k."],
    [weights + weights / window, "There is one bias for each filter, not for each kernel."],
  ];
}

/** Wrong sizes of the receptive field of a stack of layers, counted in pixels. */
export function fieldMistakes(layers) {
  const rows = fields(layers);
  const add = (term) => layers.reduce((total, layer, l) => total + term(layer, l), 0);
  const reach = ({ kernelSize, dilation }) => dilation * (kernelSize - 1);
  const last = layers.at(-1);
  const { size } = rows.at(-1);
  const read = layers.reduce(
    (places, { kernelSize, dilation }, l) =>
      new Set([...places].flatMap((p) => Array.from({ length: kernelSize }, (_, k) => p + k * dilation * rows[l].jump))),
    new Set([0]),
  );
  return [
    [read.size, "That is how many pixels it reads; the field goes from the first to the last, holes included."],
    [1 + add(reach), "A layer takes its steps in units of the layer below: multiply by the jump j, its strides so far."],
    [1 + add((layer, l) => reach(layer) * rows[l + 1].jump), "A layer's own stride counts only for the layers above it."],
    [1 + add(({ kernelSize }, l) => (kernelSize - 1) * rows[l].jump), "Mind the dilation: the window is stretched by it."],
    [add(({ kernelSize }) => kernelSize), "The windows overlap: a layer adds K \u2212 1 steps, not K."],
    [1 + last.dilation * (last.kernelSize - 1), "That is the window of the last layer, in units of the layer below it."],
    [allPaths(layers), "That is the number of paths; many of them end in the same pixel."],
    [size - 1, "That is the distance from the first pixel to the last: count both."],
    [size - 2 * add(({ padding }) => padding), "Padding moves the field; it does not change its size."],
    [size + 2 * add(({ padding }) => padding), "Padding moves the field; it does not change its size."],
    [size ** 2, "That is the area of the square in two directions: the question is its side."],
  ];
}

/** The explanation of `answer`, or undefined where it is not a known mistake. */
export const explain = (mistakes, answer) => mistakes.find(([value]) => value === answer)?.[1];
