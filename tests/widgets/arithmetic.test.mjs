// The figures' arithmetic against values made by PyTorch (make_golden.py).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { conv2d, dropped, flip, macs, outputSize, pad, parameters, products, shape, sum } from "../../book/_static/widgets/arithmetic.mjs";

const golden = JSON.parse(readFileSync(new URL("golden.json", import.meta.url)));

test("conv2d gives PyTorch's values for every geometry, flipped or not, and nothing where PyTorch refuses", () => {
  assert.ok(golden.convolutions.some(({ output }) => output.length === 0));
  for (const { input, kernel, flip: flipped, geometry, output } of golden.convolutions)
    // + 0 turns -0 into 0
    assert.deepEqual(
      conv2d(input, flipped ? flip(kernel) : kernel, geometry).map((row) => row.map((value) => value + 0)),
      output,
      JSON.stringify({ input, kernel, flipped, geometry }),
    );
});

test("output sizes are PyTorch's, and below 1 exactly where PyTorch refuses", () => {
  for (const { input, kernel, geometry, output } of golden.convolutions) {
    const sizes = shape(input).map((size) => outputSize(size, kernel.length, geometry));
    if (output.length) assert.deepEqual(sizes, shape(output));
    else assert.ok(Math.min(...sizes) < 1, JSON.stringify({ input, kernel, geometry }));
  }
});

test("dropped counts the pixels at the end that no window of PyTorch's reaches", () => {
  assert.ok(golden.dropped.some((line) => line.dropped > 0));
  for (const line of golden.dropped) {
    assert.equal(outputSize(line.size, line.kernelSize, line.geometry), line.output, JSON.stringify(line));
    assert.equal(dropped(line.size, line.kernelSize, line.geometry), line.dropped, JSON.stringify(line));
  }
});

test("the products of each output add up to it and name the place they were read from", () => {
  for (const { input, kernel, flip: flipped, geometry, output } of golden.convolutions) {
    const padded = pad(input, geometry.padding);
    const used = flipped ? flip(kernel) : kernel;
    output.forEach((row, r) =>
      row.forEach((value, c) => {
        const terms = products(padded, used, r, c, geometry);
        assert.equal(terms.length, kernel.length ** 2);
        assert.equal(sum(terms) + 0, value);
        for (const term of terms) {
          assert.equal(term.value, input[term.row - geometry.padding]?.[term.column - geometry.padding] ?? 0);
          assert.equal(term.weight, used[term.i][term.j]);
        }
      }),
    );
  }
});

test("parameters are those of torch.nn.Conv2d and MACs count how often PyTorch uses its weights", () => {
  for (const { layer, weights, total, height, width, macs: expected } of golden.layers) {
    assert.equal(parameters(layer).weights, weights, JSON.stringify(layer));
    assert.equal(parameters(layer).total, total, JSON.stringify(layer));
    assert.equal(macs(layer, height, width), expected, JSON.stringify(layer));
  }
});
