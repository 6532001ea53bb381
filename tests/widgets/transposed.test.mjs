// Transposed convolution in both views, and resizing before a convolution (transposed.mjs), against PyTorch.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { sum } from "../../book/_static/widgets/arithmetic.mjs";
import { look, ofInput, outputSize } from "../../book/_static/widgets/transposed.mjs";

const { transposed } = JSON.parse(readFileSync(new URL("golden.json", import.meta.url)));
const sums = (met) => met.map((row) => row.map((terms) => sum(terms) + 0)); // + 0 turns -0 into 0
const counts = (met) => met.map((row) => row.map((terms) => ofInput(terms).length));
const accepted = transposed.filter(({ output }) => output.length);

test("both views give PyTorch's output and the same products, and their number is PyTorch's for ones", () => {
  assert.ok(accepted.length > 40);
  for (const { input, kernel, geometry, output, counts: expected } of accepted)
    for (const view of ["scatter", "zeros"]) {
      const { met } = look(view, input, kernel, geometry);
      assert.deepEqual(sums(met), output, JSON.stringify({ view, geometry }));
      assert.deepEqual(counts(met), expected, JSON.stringify({ view, geometry }));
    }
});

test("sizes are PyTorch's, and it refuses exactly where the size is below 1 or the output padding reaches the stride", () => {
  for (const { input, kernel, geometry, output } of transposed) {
    const size = outputSize(input.length, kernel.length, geometry);
    if (output.length) assert.equal(size, output.length);
    else assert.ok(size < 1 || geometry.outputPadding >= geometry.stride, JSON.stringify(geometry));
  }
});

test("resizing first gives PyTorch's output; away from the padding every output has as many products as the kernel weights", () => {
  for (const { input, kernel, geometry, resized, resizedCounts } of transposed.filter((c) => c.resized.length)) {
    const { met } = look("resize", input, kernel, geometry);
    assert.deepEqual(sums(met), resized);
    assert.deepEqual(counts(met), resizedCounts);
    if (geometry.padding === 0) assert.deepEqual(new Set(counts(met).flat()), new Set([kernel.length ** 2]));
  }
});

test("a kernel of 3 with stride 2 gives 1, 2 and 4 products, one of 4 gives 4 inside: the presets' names are true", () => {
  const ones = (n) => Array.from({ length: n }, () => Array(n).fill(1));
  const plain = { stride: 2, padding: 0, outputPadding: 0 };
  assert.deepEqual(new Set(counts(look("scatter", ones(3), ones(3), plain).met).flat()), new Set([1, 2, 4]));
  const even = counts(look("scatter", ones(3), ones(4), { ...plain, padding: 1 }).met);
  assert.deepEqual(new Set(even.slice(1, -1).flatMap((row) => row.slice(1, -1))), new Set([4]));
});
