// Receptive fields and paths (stack.mjs) against gradients of PyTorch, and the explanations of wrong answers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { explain, fieldMistakes } from "../../book/_static/widgets/mistakes.mjs";
import { allPaths, fields, halfOf, insideCounts, isInside, paths, rowSizes, taps } from "../../book/_static/widgets/stack.mjs";

const { stacks } = JSON.parse(readFileSync(new URL("golden.json", import.meta.url)));
const layer = (kernelSize, stride = 1, padding = 0, dilation = 1) => ({ kernelSize, stride, padding, dilation });

test("size, jump and start of the last row's field are those seen in PyTorch's gradients", () => {
  assert.ok(stacks.some(({ field }) => field.jump > 1 && field.start < 0));
  for (const { layers, field } of stacks) assert.deepEqual(fields(layers).at(-1), field, JSON.stringify(layers));
});

test("rows have PyTorch's number of units, and end where PyTorch refuses", () => {
  assert.ok(stacks.some(({ units }) => units === null));
  for (const { layers, inputSize, units } of stacks) {
    const sizes = rowSizes(layers, inputSize);
    if (units === null) assert.ok(sizes.at(-1) < 1, JSON.stringify(layers));
    else assert.deepEqual([sizes.length, sizes.at(-1)], [layers.length + 1, units], JSON.stringify(layers));
  }
});

test("the number of paths to each pixel is the gradient of an all-ones stack, borders and padding included", () => {
  let cut = 0;
  for (const { layers, inputSize, unit, units, paths: expected } of stacks) {
    if (units === null) continue;
    const rows = paths(layers, rowSizes(layers, inputSize), unit);
    const counts = insideCounts(rows[0], inputSize);
    assert.deepEqual(counts, expected, JSON.stringify(layers));
    const sum = counts.reduce((a, b) => a + b, 0);
    const ended = rows.flatMap((row, l) => {
      const size = rowSizes(layers, inputSize)[l];
      const above = allPaths(layers.slice(0, l)); // what would have gone on below
      return [...row].filter(([place]) => !isInside(place, size)).map(([, count]) => count * above);
    });
    assert.equal(sum + ended.reduce((a, b) => a + b, 0), allPaths(layers), "every path ends at a pixel or in the padding");
    if (ended.length) cut++;
  }
  assert.ok(cut > 10);
});

test("taps leave the holes of the dilation open and start in the padding", () => {
  assert.deepEqual(taps(layer(3, 2, 1, 2), 0), [-1, 1, 3]);
  assert.deepEqual(taps(layer(3, 2, 1, 2), 2), [3, 5, 7]);
});

test("three layers of dilation 2 read 7 of 13 pixels", () => {
  const layers = [layer(3, 1, 2, 2), layer(3, 1, 2, 2), layer(3, 1, 2, 2)];
  assert.equal(fields(layers).at(-1).size, 13);
  const counts = insideCounts(paths(layers, rowSizes(layers, 16), 7)[0], 16);
  assert.deepEqual(counts.slice(1, 14), [1, 0, 3, 0, 6, 0, 7, 0, 6, 0, 3, 0, 1]);
});

test("half of the paths are held by the fewest entries that reach half", () => {
  assert.equal(halfOf([1, 2, 3, 2, 1]), 2);
  assert.equal(halfOf([5, 5]), 1);
  assert.equal(halfOf([1, 1, 1]), 2);
  assert.equal(halfOf([0, 0]), 0);
});

test("a prediction made with a wrong idea of receptive fields is told which", () => {
  const layers = [layer(3, 2, 1), layer(5, 2, 2), layer(3, 1, 2, 2)];
  const right = 1 + 2 + 4 * 2 + 2 * 2 * 4;
  assert.equal(fields(layers).at(-1).size, right);
  const said = (answer) => explain(fieldMistakes(layers), answer);
  for (const [answer, words] of [
    [1 + 2 + 4 + 4, /jump/],
    [1 + 2 * 2 + 4 * 4 + 4 * 4, /own stride/],
    [1 + 2 + 4 * 2 + 2 * 4, /dilation/],
    [45, /paths/],
    [5, /window of the last layer/],
    [right - 10, /Padding/],
    [right ** 2, /side/],
  ]) {
    assert.notEqual(answer, right);
    assert.match(said(answer), words, String(answer));
  }
  assert.match(explain(fieldMistakes([layer(3), layer(3)]), 6), /overlap/);
  const dilated = Array(3).fill(layer(3, 1, 2, 2));
  assert.match(explain(fieldMistakes(dilated), 7), /holes included/);
  assert.equal(said(9999), undefined);
});
