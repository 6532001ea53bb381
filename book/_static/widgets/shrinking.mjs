// Five ways to halve a circular signal, and what a shift of the signal does to the result.
// Each is a map that keeps every place, `dense`, of which every second place is then kept. `gap` is the distance between
// the places that `dense` combines: 1, or more where places in between are to be left out later.
import { exact, exactFactor } from "./text.mjs";

const at = (x, place) => x[((place % x.length) + x.length) % x.length];
const maximum = (x, gap) => x.map((value, i) => Math.max(value, at(x, i + gap)));
const mean = (x, gap) => x.map((value, i) => (value + at(x, i + gap)) / 2);
const blur = (x, gap) => x.map((value, i) => (at(x, i - gap) + 2 * value + at(x, i + gap)) / 4);

const blurred = (a, b, c) => `(${exact(a)} + 2×${exactFactor(b)} + ${exactFactor(c)})/4 = ${exact((a + 2 * b + c) / 4)}`;

/** `example(x, i)` writes out what the first stage makes of place i. */
export const methods = {
  stride: {
    name: "stride 2 only",
    short: "stride",
    dense: (x) => x,
    formula: "x[i]",
    example: (x, i) => `x[${i}] = ${exact(x[i])}`,
  },
  max: {
    name: "max pooling 2/2",
    short: "max",
    dense: maximum,
    formula: "max(x[i], x[i+1])",
    example: (x, i) => `max(${exact(x[i])}, ${exact(x[i + 1])}) = ${exact(Math.max(x[i], x[i + 1]))}`,
  },
  average: {
    name: "average pooling 2/2",
    short: "average",
    dense: mean,
    formula: "(x[i] + x[i+1])/2",
    example: (x, i) => `(${exact(x[i])} + ${exactFactor(x[i + 1])})/2 = ${exact((x[i] + x[i + 1]) / 2)}`,
  },
  blur: {
    name: "blur, then stride 2",
    short: "blur",
    dense: blur,
    formula: "(x[i−1] + 2x[i] + x[i+1])/4",
    example: (x, i) => blurred(x[i - 1], x[i], x[i + 1]),
  },
  "max-blur": {
    name: "max, blur, then stride 2",
    short: "max + blur",
    dense: (x, gap) => blur(maximum(x, gap), gap),
    formula: "(m[i−1] + 2m[i] + m[i+1])/4 with m[i] = max(x[i], x[i+1])",
    example: (x, i) => blurred(...maximum(x, 1).slice(i - 1, i + 2)),
  },
};

/** Move a circular signal to the right, as torch.roll does. */
export const roll = (x, by) => x.map((_, i) => at(x, i - by));

const stagesOf = (stages) => Array.from({ length: stages }, (_, stage) => stage);

/** f(x): every stage halves the signal. */
export const shrink = (method, x, stages) =>
  stagesOf(stages).reduce((signal) => methods[method].dense(signal, 1).filter((_, i) => i % 2 === 0), x);

/** g(x): the same stages with every place kept, so that f(x)[o] = g(x)[o × 2^stages]. */
export const keepAll = (method, x, stages) =>
  stagesOf(stages).reduce((signal, stage) => methods[method].dense(signal, 2 ** stage), x);

/** The whole number of outputs nearest to a shift of the input; halves are rounded down. */
export const wholeOutputs = (shift, stride) => Math.ceil(shift / stride - 0.5) + 0; // no -0

export const total = (values) => values.reduce((a, b) => a + b, 0);

/** What a shift of x changes: f of the shifted signal against the shifted f, and the two means. */
export function compare(method, x, shift, stages) {
  const stride = 2 ** stages;
  const move = wholeOutputs(shift, stride);
  const before = shrink(method, x, stages);
  const after = shrink(method, roll(x, shift), stages);
  const moved = roll(before, move);
  const differences = after.map((value, o) => value - moved[o]);
  const [meanBefore, meanAfter] = [before, after].map((values) => total(values) / values.length);
  return {
    stride, move, before, after, moved, differences, meanBefore, meanAfter,
    error: total(differences.map(Math.abs)),
    meanChange: Math.abs(meanAfter - meanBefore),
  };
}
