// What a wrong prediction would be right for: lists of [value, explanation], the most telling first.
import { flip, products, sum } from "./arithmetic.mjs";

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

/** The explanation of `answer`, or undefined where it is not a known mistake. */
export const explain = (mistakes, answer) => mistakes.find(([value]) => value === answer)?.[1];
