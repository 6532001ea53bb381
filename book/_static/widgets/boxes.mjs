// Boxes [x0, y0, x1, y1]: overlap, non-maximum suppression as torchvision.ops.nms, average precision.

const area = ([x0, y0, x1, y1]) => (x1 - x0) * (y1 - y0);

/** Where two boxes overlap, as a box; without area where they do not. */
export const shared = (a, b) => {
  const [x0, y0] = [0, 1].map((i) => Math.max(a[i], b[i]));
  return [x0, y0, Math.max(x0, Math.min(a[2], b[2])), Math.max(y0, Math.min(a[3], b[3]))];
};

export function overlap(a, b) {
  const [inside, areas] = [area(shared(a, b)), [area(a), area(b)]];
  const union = areas[0] + areas[1] - inside;
  return { inside, areas, union, iou: union ? inside / union : 0 };
}

/** Indices from the best score down; of equal scores the earlier one first. */
export const byScore = (scores) => scores.map((_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b);

/**
 * Suppression, step by step: { kept } when a box stays, { kept, other, …overlap, gone } for each comparison of that
 * box with one that is left; it goes if they overlap by more than the threshold.
 */
export function suppress(boxes, scores, threshold) {
  const steps = [];
  let left = byScore(scores);
  while (left.length) {
    const [kept, ...others] = left;
    steps.push({ kept });
    left = others.filter((other) => {
      const facts = overlap(boxes[kept], boxes[other]);
      const gone = facts.iou > threshold;
      steps.push({ kept, other, ...facts, gone });
      return !gone;
    });
  }
  return steps;
}

/**
 * Detections, best first, against the true boxes. Each belongs to the true box that it overlaps most, if their IoU is at
 * least `enough`; the first of a true box is right, all others are wrong. Precision and recall at each rank.
 */
export function grade(detections, truth, enough = 0.5) {
  const found = new Set();
  const ranks = detections.map((box, index) => {
    const ious = truth.map((object) => overlap(box, object).iou);
    const match = ious.indexOf(Math.max(...ious));
    const right = ious[match] >= enough && !found.has(match);
    if (right) found.add(match);
    return { right, rank: index + 1, hits: found.size, recall: found.size / truth.length, precision: found.size / (index + 1) };
  });
  // The precision at a recall is the best one at this rank or a later one.
  ranks.forEach((rank, i) => {
    rank.best = ranks.slice(i).reduce((a, b) => (b.precision > a.precision ? b : a));
  });
  return ranks;
}

export const averagePrecision = (ranks, objects) =>
  ranks.reduce((total, { right, best }) => total + (right ? best.precision : 0), 0) / objects;
