// Figure `nms`: six boxes with scores on a drawn scene, which of them suppression keeps, and their average precision.
import { averagePrecision, grade, shared, suppress } from "./boxes.mjs";
import { code, fold, h, select, stepper, uniqueId } from "./dom.mjs";
import { predict } from "./predict.mjs";
import { integer } from "./text.mjs";

const MINUS = "\u2212";
const [WIDTH, HEIGHT, SMALLEST] = [48, 32, 9]; // the scene; a box on a phone is then wide enough for a finger
const NAMES = [..."ABCDEF"];
const TRUTH = "3 4 17 18;22 14 36 28;33 2 46 13";
// Boxes are x0 y0 x1 y1 score.
const EXAMPLES = {
  doubles: {
    name: "doubles",
    truth: TRUTH,
    boxes: "4 4 18 18 0.95;2 6 16 20 0.8;22 13 36 27 0.9;24 16 38 30 0.6;34 2 46 14 0.7;8 10 22 22 0.75",
    threshold: 0.5,
  },
  neighbors: {
    name: "close neighbors",
    truth: "6 8 22 24;12 9 28 25;33 4 46 18",
    boxes: "6 8 22 24 0.9;12 9 28 25 0.85;7 10 23 26 0.7;11 7 27 23 0.6;33 5 46 19 0.8;34 7 47 21 0.5",
    threshold: 0.4,
    at: 1, // A suppresses B, its neighbor
  },
  mistake: {
    name: "a confident mistake",
    truth: TRUTH,
    boxes: "4 4 18 18 0.95;2 6 16 20 0.8;22 13 36 27 0.9;24 16 38 30 0.6;34 2 46 14 0.7;20 1 32 12 0.97",
    threshold: 0.5,
  },
};

const rows = (text, length) =>
  text.split(";").map((row) => {
    const values = row.trim().split(/\s+/).map(Number);
    if (values.length !== length || !values.every(Number.isFinite)) throw new Error(`"${row}" is not ${length} numbers`);
    return values;
  });

function readBoxes(text) {
  const all = rows(text, 5);
  if (all.length !== NAMES.length) throw new Error(`there are ${all.length} boxes, not ${NAMES.length}`);
  const [boxes, scores] = [all.map((row) => row.slice(0, 4)), all.map((row) => row[4])];
  for (const [x0, y0, x1, y1] of boxes)
    if (![x0, y0, x1, y1].every(Number.isInteger) || x0 < 0 || y0 < 0 || x1 > WIDTH || y1 > HEIGHT || Math.min(x1 - x0, y1 - y0) < SMALLEST)
      throw new Error(`"${[x0, y0, x1, y1].join(" ")}" is not a box of at least ${SMALLEST}×${SMALLEST} in ${WIDTH}×${HEIGHT}`);
  return { boxes, scores };
}

function readState(data) {
  const usual = EXAMPLES.doubles;
  const threshold = Number(data.threshold ?? usual.threshold);
  if (!(threshold >= 0 && threshold <= 1)) throw new Error(`"${data.threshold}" is not a threshold from 0 to 1`);
  return {
    ...readBoxes(data.boxes ?? usual.boxes),
    truth: rows(data.truth ?? usual.truth, 4),
    threshold,
    at: integer(data.at, 2, 0, 100),
  };
}

const decimals = (value) => String(Number(value.toFixed(3)));
/** A precision as it is counted: right ones among the first ones. */
const precise = ({ hits, rank }) => `${hits}/${rank}`;

const svg = (tag, attributes, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

/** The shapes that the true boxes hold: circle, square, triangle, in this order. */
function shapeIn([x0, y0, x1, y1], index) {
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const kind = ["circle", "square", "triangle"][index % 3];
  if (kind === "circle") return svg("ellipse", { class: kind, cx: x, cy: y, rx: (x1 - x0) / 2, ry: (y1 - y0) / 2 });
  if (kind === "square") return svg("rect", { class: kind, x: x0, y: y0, width: x1 - x0, height: y1 - y0 });
  return svg("path", { class: kind, d: `M${x} ${y0}L${x1} ${y1}H${x0}Z` });
}

const rectangle = (name, [x0, y0, x1, y1]) => svg("rect", { class: name, x: x0, y: y0, width: x1 - x0, height: y1 - y0 });

/** The scene: shapes and true boxes in SVG, and a button for each box, which pointer and arrow keys move. */
function sceneOf({ describedBy, onMove }) {
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" });
  let boxes = [];
  const move = (index, dx, dy, done) => {
    const [x0, y0, x1, y1] = boxes[index];
    const x = Math.min(WIDTH - x1 + x0, Math.max(0, x0 + Math.round(dx)));
    const y = Math.min(HEIGHT - y1 + y0, Math.max(0, y0 + Math.round(dy)));
    onMove(index, [x, y, x + x1 - x0, y + y1 - y0], done);
  };
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const buttons = NAMES.map((name, index) => {
    const box = h("button", { type: "button", class: "cnn-box", "aria-describedby": describedBy }, h("span", {}));
    let from = null; // where the pointer went down, and the box then
    box.addEventListener("keydown", (event) => {
      if (!steps[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const [dx, dy] = steps[event.key];
      const far = event.shiftKey ? 5 : 1;
      move(index, far * dx, far * dy, true);
    });
    box.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      box.setPointerCapture(event.pointerId);
      from = { x: event.clientX, y: event.clientY, at: boxes[index] };
    });
    box.addEventListener("pointermove", (event) => {
      if (!from) return;
      const scale = WIDTH / drawing.getBoundingClientRect().width;
      const [x0, y0] = boxes[index];
      move(index, from.at[0] + (event.clientX - from.x) * scale - x0, from.at[1] + (event.clientY - from.y) * scale - y0, false);
    });
    const drop = () => {
      if (from) move(index, 0, 0, true);
      from = null;
    };
    box.addEventListener("pointerup", drop);
    box.addEventListener("pointercancel", drop);
    return box;
  });
  return {
    element: h("div", { class: "cnn-scene" }, drawing, ...buttons),
    /** `facts` gives each box's classes and what is said of it. */
    update(state, facts, common) {
      boxes = state.boxes;
      drawing.replaceChildren(
        rectangle("ground", [0, 0, WIDTH, HEIGHT]),
        ...state.truth.map(shapeIn),
        ...state.truth.map((box) => rectangle("truth", box)),
        ...(common ? [rectangle("shared", common)] : []),
      );
      buttons.forEach((button, i) => {
        const [x0, y0, x1, y1] = boxes[i];
        const { classes, sign, said } = facts[i];
        button.className = `cnn-box ${classes}`;
        Object.assign(button.style, {
          left: `${(100 * x0) / WIDTH}%`, top: `${(100 * y0) / HEIGHT}%`,
          width: `${(100 * (x1 - x0)) / WIDTH}%`, height: `${(100 * (y1 - y0)) / HEIGHT}%`,
        });
        button.firstChild.textContent = `${NAMES[i]} ${decimals(state.scores[i])}${sign}`;
        button.setAttribute(
          "aria-label",
          `${NAMES[i]} ${decimals(state.scores[i])}${sign}, ${said}, columns ${x0} to ${x1}, rows ${y0} to ${y1}`,
        );
      });
    },
  };
}

/** Precision against recall: a point for each kept box, the best precision at each recall as an area. */
function drawCurve(ranks) {
  const [left, top, width, height] = [26, 8, 122, 78];
  const x = (recall) => left + recall * width;
  const y = (precision) => top + (1 - precision) * height;
  const found = ranks.filter(({ right }) => right);
  const path = found.map(({ best, recall }) => `V${y(best.precision)}H${x(recall)}`).join("");
  const text = (at, down, anchor, words) => svg("text", { x: at, y: down, "text-anchor": anchor }, words);
  return svg(
    "svg",
    { viewBox: "0 0 156 112", class: "cnn-curve", role: "img", "aria-label": "Precision against recall" },
    svg("path", { class: "area", d: `M${x(0)} ${y(0)}${path}V${y(0)}Z` }),
    svg("path", { class: "axes", d: `M${left} ${top}V${y(0)}H${x(1)}` }),
    svg("path", { class: "best", d: found.length ? `M${x(0)} ${y(found[0].best.precision)}${path}` : "" }),
    ...ranks.map((rank) => svg("circle", { class: rank.right ? "right" : "wrong", cx: x(rank.recall), cy: y(rank.precision), r: 4 })),
    text(left - 4, y(1) + 5, "end", "1"),
    text(left - 4, y(0) + 3, "end", "0"),
    text(x(1), y(0) + 14, "middle", "1"),
    text(x(0.5), y(0) + 14, "middle", "recall"),
    svg("text", { x: 0, y: 0, "text-anchor": "middle", transform: `translate(12 ${y(0.5)}) rotate(-90)` }, "precision"),
  );
}

function pythonOf({ boxes, scores, threshold }) {
  const list = boxes.map((box) => `    [${box.join(", ")}],\n`).join("");
  return (
    `import torch\nfrom torchvision.ops import nms\n\nboxes = torch.tensor([\n${list}]).double()\n` +
    `scores = torch.tensor([${scores.map(decimals).join(", ")}]).double()\nnms(boxes, scores, ${decimals(threshold)})`
  );
}

export default function nms(root) {
  const state = readState(root.dataset);
  let steps;
  const settle = () => {
    steps = suppress(state.boxes, state.scores, state.threshold);
    state.at = Math.min(state.at, steps.length - 1);
  };
  const change = (changes) => {
    Object.assign(state, changes);
    settle();
    render();
  };

  const hint = h("p", { class: "cnn-hint", id: uniqueId("hint") }, "Drag a box, or move it by arrow keys.");
  let dragging = false;
  const scene = sceneOf({
    describedBy: hint.id,
    onMove(index, box, done) {
      time.stop();
      dragging = !done;
      change({ boxes: state.boxes.map((old, i) => (i === index ? box : old)) });
    },
  });
  const example = select("Example", [...Object.entries(EXAMPLES).map(([key, { name }]) => [key, name]), ["own", "your own"]], "doubles", (key) => {
    time.stop();
    if (key === "own") return;
    const { boxes, truth, threshold, at = 2 } = EXAMPLES[key];
    change({ ...readBoxes(boxes), truth: rows(truth, 4), threshold, at });
  });
  const threshold = h("input", { type: "range", min: 0, max: 1, step: 0.05, input: () => { time.stop(); change({ threshold: Number(threshold.value) }); } });
  const thresholdLabel = h("span", {});
  const time = stepper((at) => change({ at }));
  const equation = h("p", { class: "cnn-equation", "aria-live": "polite", "aria-atomic": "true" });
  const average = h("p", { class: "cnn-average", "aria-live": "polite" });
  const curve = h("div", {});
  const python = code();
  const question = predict({
    judge(answer) {
      const kept = steps.filter(({ other }) => other === undefined).map(({ kept: index }) => NAMES[index]);
      change({ at: steps.length - 1 });
      return { right: answer === kept.length, text: `${kept.length} stay: ${kept.join(", ")}.` };
    },
    onReveal() {
      change({ at: steps.length - 1 });
      time.element.querySelector("input").focus();
    },
  });

  /** What has happened to each box up to the present step, and which two are compared. */
  function facts() {
    const [past, now] = [steps.slice(0, state.at + 1), steps[state.at]];
    const suppressor = new Map(past.filter(({ gone }) => gone).map(({ kept, other }) => [other, kept]));
    const kept = past.filter(({ other }) => other === undefined).map(({ kept: index }) => index);
    const each = NAMES.map((_, i) => {
      const here = i === now.kept || i === now.other ? " now" : "";
      if (kept.includes(i)) return { classes: `kept${here}`, sign: " ✓", said: "kept" };
      if (suppressor.has(i)) return { classes: `gone${here}`, sign: " ✗", said: `suppressed by ${NAMES[suppressor.get(i)]}` };
      return { classes: `open${here}`, sign: "", said: "not decided" };
    });
    return { now, kept, each };
  }

  function write({ kept, other, inside, areas, union, iou, gone }) {
    if (other === undefined) {
      const first = state.at === 0 ? "of all" : "of those left";
      equation.replaceChildren(`${NAMES[kept]} has the best score ${first}, ${decimals(state.scores[kept])}: `, h("strong", {}, `${NAMES[kept]} stays ✓`));
      return;
    }
    equation.replaceChildren(
      `IoU(${NAMES[kept]}, ${NAMES[other]}) = ${inside}/(${areas[0]} + ${areas[1]} ${MINUS} ${inside}) = ${inside}/${union} = ${decimals(iou)} `,
      `${gone ? ">" : "≤"} ${decimals(state.threshold)}: `,
      h("strong", {}, gone ? `${NAMES[other]} goes ✗` : `${NAMES[other]} is left`),
    );
  }

  function render() {
    const { boxes, scores, truth, at } = state;
    const { now, kept, each } = facts();
    const text = boxes.map((box, i) => [...box, decimals(scores[i])].join(" ")).join(";");
    const there = truth.map((box) => box.join(" ")).join(";");
    example.input.value = Object.keys(EXAMPLES).find((key) => EXAMPLES[key].boxes === text && EXAMPLES[key].truth === there) ?? "own";
    threshold.value = state.threshold;
    thresholdLabel.textContent = `IoU threshold: ${decimals(state.threshold)}`;
    scene.update(state, each, now.other === undefined ? null : shared(boxes[now.kept], boxes[now.other]));
    time.update({ value: at, max: steps.length - 1, text: `step ${at + 1} of ${steps.length}` });
    for (const line of [equation, average]) line.setAttribute("aria-live", time.playing || dragging ? "off" : "polite");
    write(now);

    const ranks = grade(kept.map((i) => boxes[i]), truth);
    const done = at === steps.length - 1;
    const signs = ranks.map(({ right }, i) => `${NAMES[kept[i]]}\u00a0${right ? "✓" : "✗"}`).join(", ");
    const best = ranks.filter(({ right }) => right).map((rank) => precise(rank.best));
    curve.replaceChildren(drawCurve(ranks));
    average.replaceChildren(
      `Best first: ${signs}. Average precision${done ? "" : " so far"}: `,
      best.length ? `(${best.join(" + ")})/${truth.length} = ` : "",
      h("strong", {}, decimals(averagePrecision(ranks, truth.length))),
    );
    python.update(pythonOf(state));
    question.ask(done || time.playing ? null : "Predict: how many of the six boxes stay in the end?");
    root.dataset.boxes = text;
    root.dataset.truth = there;
    root.dataset.threshold = decimals(state.threshold);
    root.dataset.at = at;
  }

  const figure = h(
    "div",
    { class: "cnn-figure cnn-screen cnn-nms", role: "group", "aria-label": "Non-maximum suppression, step by step" },
    h("div", { class: "cnn-tools", role: "group", "aria-label": "Settings" },
      example.element, h("label", { class: "cnn-field" }, thresholdLabel, threshold)),
    h("div", { class: "cnn-stage" }, scene.element, h("div", { class: "cnn-precision" }, curve, average)),
    hint,
    time.element,
    equation,
    question.element,
    h("div", { class: "cnn-folds" },
      fold("More", h("p", { class: "cnn-note" },
        "With Shift an arrow key moves a box by 5. Dashed: the true boxes. A box is right if it overlaps a true box by an IoU of at least 0.5 and is the first to do so. Precision: right ones " +
        "among the first ones; each counts with the best precision at its place or later, and is divided by the number of true boxes.")),
      fold("PyTorch", python.element)),
  );
  settle();
  render();
  return figure;
}
