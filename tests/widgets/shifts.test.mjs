// What a shift changes (shrinking.mjs) against PyTorch, and the claims that the figure's sentences make.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { compare, keepAll, methods, roll, shrink, total, wholeOutputs } from "../../book/_static/widgets/shrinking.mjs";
import { exact } from "../../book/_static/widgets/text.mjs";

const { shifts } = JSON.parse(readFileSync(new URL("golden.json", import.meta.url)));
// -0 and 0 are the same number here.
const plain = (values) => values.map((value) => value + 0);

test("every method gives PyTorch's outputs before and after the shift, exactly", () => {
  assert.deepEqual(new Set(shifts.map(({ method }) => method)), new Set(Object.keys(methods)));
  for (const { method, stages, shift, input, before, after, meanChange } of shifts) {
    const found = compare(method, input, shift, stages);
    assert.deepEqual(plain(found.before), plain(before), method);
    assert.deepEqual(plain(found.after), plain(after), method);
    assert.equal(found.meanChange, meanChange, method);
    assert.equal(found.error, total(after.map((value, o) => Math.abs(value - roll(before, found.move)[o]))));
  }
});

test("f samples the map that keeps every place, and after a shift it samples other places of the same map", () => {
  for (const { method, stages, shift, input } of shifts) {
    const dense = keepAll(method, input, stages);
    const stride = 2 ** stages;
    const { before, after } = compare(method, input, shift, stages);
    assert.deepEqual(plain(before), plain(before.map((_, o) => dense[o * stride])));
    assert.deepEqual(plain(after), plain(after.map((_, o) => dense[(o * stride - shift + 16) % 16])));
  }
});

test("a shift by a multiple of the stride changes nothing but the place, for every method", () => {
  let changed = 0;
  for (const { method, stages, shift, input } of shifts) {
    const { error, meanChange, stride } = compare(method, input, shift, stages);
    if (shift % stride === 0) assert.deepEqual([error, meanChange], [0, 0], method);
    else changed += error > 0;
  }
  assert.ok(changed > 60);
});

test("average and blur never change the mean; stride, max and, from two stages on, max with blur do", () => {
  const changes = (method, stages) => shifts.some((s) => s.method === method && s.stages === stages && s.meanChange > 0);
  for (const stages of [1, 2, 3]) {
    assert.ok(!changes("average", stages) && !changes("blur", stages));
    assert.ok(changes("stride", stages) && changes("max", stages));
    assert.equal(changes("max-blur", stages), stages > 1);
  }
});

test("shifts are rounded to the nearest whole output, halves down", () => {
  assert.deepEqual([0, 1, 2, 3, 4].map((s) => wholeOutputs(s, 2)), [0, 0, 1, 1, 2]);
  assert.deepEqual([0, 1, 2, 3, 4, 5].map((s) => wholeOutputs(s, 4)), [0, 0, 0, 1, 1, 1]);
});

test("the written-out example is the first stage's output 1", () => {
  for (const { method, input } of shifts) {
    const written = methods[method].example(input, 2).split(" = ").at(-1);
    assert.equal(written, exact(shrink(method, input, 1)[1]), method);
  }
});

test("sums of quarters are written with all their decimals", () => {
  assert.equal(exact(-0.015625), "\u22120.015625");
  assert.equal(exact(1234), "1,234");
});
