// How numbers, equations and PyTorch calls are written.

const MINUS = "\u2212";

/** A number with a true minus sign, thousands separated, and at most two decimals. */
export function number(value) {
  const digits = Number.isInteger(value) ? 0 : 2;
  const text = Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return value < 0 ? MINUS + text : text;
}

/** A number with all its decimals: sums of halves, quarters and so on have few. */
export const exact = (value) =>
  (value < 0 ? MINUS : "") + Math.abs(value).toLocaleString("en-US", { maximumFractionDigits: 9 });

/** A number inside a product: negative ones in parentheses. */
export const factor = (value) => (value < 0 ? `(${number(value)})` : number(value));

/** The same for a number with all its decimals. */
export const exactFactor = (value) => (value < 0 ? `(${exact(value)})` : exact(value));

export const product = ({ weight, value }) => `${factor(weight)}×${factor(value)}`;

/** The size formula with the numbers put in. */
export function sizeFormula(size, kernelSize, { stride, padding, dilation }) {
  const numerator = size + 2 * padding - dilation * (kernelSize - 1) - 1;
  return (
    `⌊(${size} + 2×${padding} ${MINUS} ${dilation}×(${kernelSize} ${MINUS} 1) ${MINUS} 1)/${stride}⌋ + 1 = ` +
    `⌊${number(numerator)}/${stride}⌋ + 1 = ${Math.floor(numerator / stride) + 1}`
  );
}

/** A PyTorch call that names only the options which differ from their default: { name: [value, default] }. */
export function call(name, positional, options) {
  const given = Object.entries(options).filter(([, [value, usual]]) => value !== usual);
  return `${name}(${[...positional, ...given.map(([option, [value]]) => `${option}=${value}`)].join(", ")})`;
}

/** The call of torch.nn.Conv2d that keeps the size of its input (for an odd kernel; "same" for an even one). */
export function conv2dLayer({ inChannels, outChannels, kernelSize, groups = 1, bias = true }) {
  return call("nn.Conv2d", [inChannels, outChannels, kernelSize], {
    padding: [kernelSize % 2 ? (kernelSize - 1) / 2 : '"same"', 0],
    groups: [groups, 1],
    bias: [bias ? "True" : "False", "True"],
  });
}

export const tensor = (matrix) =>
  `torch.tensor([\n${matrix.map((row) => `    [${row.join(", ")}],\n`).join("")}]).float()[None, None]`;

export const parseMatrix = (text) => {
  const matrix = text.split(";").map((row) => row.trim().split(/\s+/).map(Number));
  if (matrix.some((row) => row.length !== matrix[0].length || !row.every(Number.isInteger)))
    throw new Error(`"${text}" is not a matrix of integers such as "1 2;3 4"`);
  return matrix;
};

export const formatMatrix = (matrix) => matrix.map((row) => row.join(" ")).join(";");

/** An integer data attribute within its limits, or its default where the attribute is absent. */
export function integer(text, usual, least, most) {
  const value = Number(text ?? usual);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new Error(`"${text}" is not an integer from ${least} to ${most}`);
  return value;
}
