// Suppression and average precision (boxes.mjs) against torchvision and a computation by levels of recall.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { averagePrecision, grade, overlap, shared, suppress } from "../../book/_static/widgets/boxes.mjs";

const { detections } = JSON.parse(readFileSync(new URL("golden.json", import.meta.url)));
const keptOf = (steps) => steps.filter(({ other }) => other === undefined).map(({ kept }) => kept);

test("IoU is torchvision's, 0 for boxes without area, and its parts fit together", () => {
  for (const { boxes, ious } of detections)
    boxes.forEach((a, i) =>
      boxes.forEach((b, j) => {
        const { inside, areas, union, iou } = overlap(a, b);
        assert.ok(Math.abs(iou - ious[i][j]) < 1e-12);
        assert.equal(union, areas[0] + areas[1] - inside);
        assert.equal(overlap(shared(a, b), a).inside, inside);
      }),
    );
});

test("what stays is what torchvision keeps, in its order", () => {
  for (const { boxes, scores, threshold, kept } of detections) assert.deepEqual(keptOf(suppress(boxes, scores, threshold)), kept);
  assert.ok(new Set(detections.map(({ kept }) => kept.length)).size > 3);
});

test("each box is decided once: kept, or suppressed by a kept one that overlaps it by more than the threshold", () => {
  for (const { boxes, scores, threshold } of detections) {
    const steps = suppress(boxes, scores, threshold);
    const gone = steps.filter((step) => step.gone);
    assert.deepEqual([...keptOf(steps), ...gone.map(({ other }) => other)].sort(), [0, 1, 2, 3, 4, 5]);
    for (const { iou, kept, other } of gone) assert.ok(iou > threshold && scores[kept] >= scores[other]);
  }
});

test("an overlap of exactly the threshold stays", () => {
  const boxes = [[0, 0, 4, 4], [0, 0, 4, 2]];
  assert.deepEqual(keptOf(suppress(boxes, [0.9, 0.8], 0.5)), [0, 1]);
  assert.deepEqual(keptOf(suppress(boxes, [0.9, 0.8], 0.45)), [0]);
});

test("average precision is the mean over the true boxes of the best precision that finds so many", () => {
  const values = new Set();
  for (const { boxes, kept, truth, averagePrecision: expected } of detections) {
    const found = averagePrecision(grade(kept.map((i) => boxes[i]), truth), truth.length);
    assert.ok(Math.abs(found - expected) < 1e-12);
    values.add(expected);
  }
  assert.ok(values.size > 8);
});

test("a second box of one object is wrong, and no boxes have an average precision of 0", () => {
  const [object, far] = [[0, 0, 10, 10], [20, 0, 30, 10]];
  const ranks = grade([object, object, far], [object, far]);
  assert.deepEqual(ranks.map(({ right }) => right), [true, false, true]);
  assert.equal(averagePrecision(ranks, 2), (1 + 2 / 3) / 2);
  assert.equal(averagePrecision(grade([], [object]), 1), 0);
});
