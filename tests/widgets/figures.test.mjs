// What the figures write, explain and paint.
import assert from "node:assert/strict";
import test from "node:test";
import { conv2d, flip, pad } from "../../book/_static/widgets/arithmetic.mjs";
import { convMistakes, explain, parameterMistakes } from "../../book/_static/widgets/mistakes.mjs";
import { photo } from "../../book/_static/widgets/photo.mjs";
import { color } from "../../book/_static/widgets/picture.mjs";
import { presetKernel, presets } from "../../book/_static/widgets/presets.mjs";
import { call, conv2dLayer, formatMatrix, integer, number, parseMatrix, product, sizeFormula } from "../../book/_static/widgets/text.mjs";

test("numbers have a true minus sign and negative factors stand in parentheses", () => {
  assert.equal(number(-1234), "\u22121,234");
  assert.equal(number(2 / 3), "0.67");
  assert.equal(product({ weight: -1, value: 3 }), "(\u22121)×3");
});

test("the size formula shows the numbers and floors", () => {
  assert.equal(
    sizeFormula(6, 3, { stride: 2, padding: 1, dilation: 1 }),
    "⌊(6 + 2×1 \u2212 1×(3 \u2212 1) \u2212 1)/2⌋ + 1 = ⌊5/2⌋ + 1 = 3",
  );
});

test("a PyTorch call names only what differs from its default", () => {
  assert.equal(call("F.conv2d", ["x", "w"], { stride: [2, 1], padding: [0, 0] }), "F.conv2d(x, w, stride=2)");
  assert.equal(conv2dLayer({ inChannels: 8, outChannels: 8, kernelSize: 3, groups: 8, bias: false }), "nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False)");
  assert.equal(conv2dLayer({ inChannels: 8, outChannels: 8, kernelSize: 2 }), 'nn.Conv2d(8, 8, 2, padding="same")');
});

test("matrices survive the trip through an attribute and bad ones are refused", () => {
  const text = "1 -2;3 4";
  assert.equal(formatMatrix(parseMatrix(text)), text);
  for (const bad of ["1 2;3", "1 a", "1.5 2"]) assert.throws(() => parseMatrix(bad), /matrix of integers/);
  assert.equal(integer(undefined, 7, 1, 9), 7);
  for (const bad of ["0", "10", "x", "1.5"]) assert.throws(() => integer(bad, 1, 1, 9), /integer from 1 to 9/);
});

test("a prediction made with a wrong idea of convolution is told which", () => {
  const input = Array.from({ length: 5 }, (_, r) => Array.from({ length: 5 }, (_, c) => 7 * r * r + 3 * c + r * c * c));
  const kernel = [[1, 2, 0], [0, 1, -1], [-1, 0, 1]];
  const geometry = { stride: 2, padding: 1, dilation: 1 };
  const state = { padded: pad(input, 1), kernel, ...geometry, flipped: false };
  const said = (answer) => explain(convMistakes(state, 1, 1), answer);
  const wrong = (used, changed) => conv2d(input, used, { ...geometry, ...changed })[1][1];
  const right = conv2d(input, kernel, geometry)[1][1];
  for (const [answer, words] of [
    [wrong(flip(kernel), {}), /flipped/],
    [wrong(kernel, { stride: 1 }), /stride/],
    [wrong(kernel, { padding: 0 }), /padding/],
  ]) {
    assert.notEqual(answer, right);
    assert.match(said(answer), words);
  }
  assert.equal(said(9999), undefined);
});

test("a wrong parameter count is told what it left out", () => {
  const layer = { inChannels: 8, outChannels: 12, kernelSize: 3, groups: 4, bias: true };
  const said = (answer) => explain(parameterMistakes(layer), answer);
  assert.match(said(12 * 2 * 9), /biases/);
  assert.match(said(12 * 8 * 9 + 12), /groups/);
  assert.match(said(12 * 9 + 12), /one kernel for each input channel/);
  assert.match(said(12 * 2 + 12), /k×k/);
});

test("presets do what their sentence says", () => {
  const valid = { stride: 1, padding: 0, dilation: 1 };
  const respond = (name, picture) => {
    const { kernel, divisor } = presetKernel(name, 3);
    return conv2d(picture, kernel, valid)[0][0] / divisor;
  };
  const right = [[1, 2, 3], [1, 2, 3], [1, 2, 3]]; // lighter to the right
  const down = [[1, 1, 1], [2, 2, 2], [3, 3, 3]];
  const flat = Array.from({ length: 3 }, () => [7, 7, 7]);
  const darkDot = [[7, 7, 7], [7, 3, 7], [7, 7, 7]];
  assert.ok(respond("sobel-x", right) > 0 && respond("prewitt-x", right) > 0);
  assert.ok(respond("sobel-y", right) === 0 && respond("prewitt-y", right) === 0);
  assert.ok(respond("sobel-y", down) > 0 && respond("prewitt-y", down) > 0);
  assert.ok(respond("laplacian", darkDot) > 0 && respond("laplacian", flat) === 0);
  for (const name of ["identity", "box", "gaussian", "sharpen", "emboss"]) assert.equal(respond(name, flat), 7, name);
  for (const name of ["sobel-x", "sobel-y", "prewitt-x", "prewitt-y"]) assert.equal(respond(name, flat), 0, name);
  assert.equal(respond("sharpen", darkDot), respond("identity", darkDot) - respond("laplacian", darkDot));
});

test("a preset at 5×5 gives the 3×3 response in the middle, except the box, which grows", () => {
  const region = photo.slice(10, 15).map((row) => row.slice(20, 25));
  const inner = region.slice(1, 4).map((row) => row.slice(1, 4));
  const valid = { stride: 1, padding: 0, dilation: 1 };
  for (const name of Object.keys(presets)) {
    const [small, large] = [presetKernel(name, 3), presetKernel(name, 5)];
    assert.deepEqual([large.kernel.length, large.kernel[0].length], [5, 5]);
    const wide = conv2d(region, large.kernel, valid)[0][0] / large.divisor;
    const mean = region.flat().reduce((a, b) => a + b) / 25;
    assert.equal(wide, name === "box" ? mean : conv2d(inner, small.kernel, valid)[0][0] / small.divisor, name);
  }
});

test("the signed legend is zero-centered and reads by lightness alone", () => {
  const range = { low: -100, high: 100, signed: true };
  assert.deepEqual(color(0, range), [128, 128, 128]);
  const lightness = (value) => {
    const [r, g, b] = color(value, range);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (let value = -100; value < 100; value += 5) assert.ok(lightness(value) < lightness(value + 5), `at ${value}`);
});
