// Figure `shift`: what becomes of a shift of the input when the signal is halved by pooling or stride.
import { button, code, h, select, spinner, stepper } from "./dom.mjs";
import { grid } from "./grid.mjs";
import { predict } from "./predict.mjs";
import { compare, keepAll, methods, roll, total } from "./shrinking.mjs";
import { exact, exactFactor, formatMatrix, integer, parseMatrix } from "./text.mjs";

const LENGTH = 16;
const LARGEST = 9;
const SHIFTS = [0, 1, 2, 3, 4, 5, 6, 7];
const SIGNALS = {
  mixed: ["mixed", "0 0 0 8 0 0 4 4 0 0 8 8 0 0 4 0"],
  one: ["one 8", "0 0 0 0 8 0 0 0 0 0 0 0 0 0 0 0"],
  two: ["two 8s", "0 0 0 0 8 8 0 0 0 0 0 0 0 0 0 0"],
  stripes: ["stripes", "0 8 0 8 0 8 0 8 0 8 0 8 0 8 0 8"],
  step: ["a step", "0 0 0 0 8 8 8 8 8 8 8 8 0 0 0 0"],
};
const QUESTIONS = [
  { method: "average", signal: "mixed", shift: 1, stages: 1 },
  { method: "stride", signal: "stripes", shift: 3, stages: 1 },
  { method: "max", signal: "stripes", shift: 3, stages: 1 },
  { method: "max", signal: "mixed", shift: 2, stages: 1 },
  { method: "max", signal: "two", shift: 2, stages: 2 },
  { method: "max-blur", signal: "mixed", shift: 1, stages: 1 },
];
const MINUS = "\u2212";
const writtenMean = (values, value) => `${exact(total(values))}/${values.length} = ${exact(value)}`;
const places = (n) => (n === 1 ? "1 place" : `${n} places`);

function readState(data) {
  const state = {
    input: parseMatrix(data.input ?? SIGNALS.mixed[1])[0],
    method: data.method ?? "max",
    shift: integer(data.shift, 1, 0, SHIFTS.at(-1)),
    stages: integer(data.stages, 1, 1, 3),
    chosen: null, // the place of x that the reader edits
    revealed: false,
    asked: 0,
  };
  if (state.input.length !== LENGTH) throw new Error(`the input has ${state.input.length} numbers, not ${LENGTH}`);
  if (state.input.some((value) => Math.abs(value) > LARGEST)) throw new Error("input: use -9 to 9");
  if (!(state.method in methods)) throw new Error(`"${state.method}" is not one of ${Object.keys(methods).join(", ")}`);
  return state;
}

/** PyTorch's code for one stage. */
const STAGE = {
  stride: ["x = x[..., ::2]"],
  max: ["x = F.max_pool1d(x, 2)"],
  average: ["x = F.avg_pool1d(x, 2)"],
  blur: ['x = F.pad(x, (1, 1), mode="circular")', "x = F.conv1d(x, blur, stride=2)"],
  "max-blur": [
    'x = F.pad(x, (0, 1), mode="circular")',
    "x = F.max_pool1d(x, 2, stride=1)",
    'x = F.pad(x, (1, 1), mode="circular")',
    "x = F.conv1d(x, blur, stride=2)",
  ],
};

function pythonOf({ input, method, shift, stages }, move) {
  const blurs = method.includes("blur");
  return [
    "import torch",
    "import torch.nn.functional as F",
    "",
    `x = torch.tensor([${input.join(", ")}]).double()[None, None]`,
    ...(blurs ? ["blur = torch.tensor([[[1, 2, 1]]]).double() / 4"] : []),
    "",
    "def f(x):",
    `    for _ in range(${stages}):`,
    ...STAGE[method].map((line) => `        ${line}`),
    "    return x",
    "",
    `before, after = f(x), f(x.roll(${shift}, -1))`,
    `(after - before.roll(${move}, -1)).abs().sum(), (after.mean() - before.mean()).abs()`,
  ].join("\n");
}

export default function shiftFigure(root) {
  const state = readState(root.dataset);
  const change = (changes) => {
    Object.assign(state, changes);
    render();
  };
  const setValue = (place, value) => {
    const input = [...state.input];
    input[place] = Math.max(-LARGEST, Math.min(LARGEST, value)) || 0;
    change({ input, chosen: place });
  };
  const useSignal = (name) => parseMatrix(SIGNALS[name][1])[0];
  const signalName = () => Object.keys(SIGNALS).find((name) => SIGNALS[name][1] === state.input.join(" ")) ?? "custom";

  const method = select("Method f", Object.entries(methods).map(([key, { name }]) => [key, name]), state.method, (value) => change({ method: value }));
  const stages = select("Stages", [["1", "1: 16 → 8"], ["2", "2: 16 → 8 → 4"], ["3", "3: 16 → 8 → 4 → 2"]], String(state.stages), (value) =>
    change({ stages: Number(value) }),
  );
  const signal = select(
    "Signal x",
    [...Object.entries(SIGNALS).map(([key, [name]]) => [key, name]), ["custom", "your own"]],
    signalName(),
    (name) => (name === "custom" ? render() : change({ input: useSignal(name) })),
  );
  const definition = h("p", { class: "cnn-note" });
  const time = stepper((shift) => change({ shift }), "Shift");
  const said = h("p");
  const inputGrid = grid("x", {
    onChoose: (_, place) => change({ chosen: place }),
    onType: (_, place, edit) => setValue(place, edit(state.input[place])),
  });
  const lanes = h("tbody");
  const editor = spinner({ min: -LARGEST, max: LARGEST }, (value) => setValue(state.chosen ?? 0, value));
  const equation = h("p", { class: "cnn-equation", "aria-live": "polite", "aria-atomic": "true" });
  const tables = h("div", { class: "cnn-grids" });
  const meaning = h("p", { class: "cnn-note" });
  const python = code();
  const again = button("Ask me another", () => {
    const { signal: name, ...settings } = QUESTIONS[state.asked % QUESTIONS.length];
    time.stop();
    change({ ...settings, input: useSignal(name), asked: state.asked + 1, revealed: false });
    question.focus();
  });
  const question = predict({
    choices: [["1", "grows"], ["0", "stays the same"], ["-1", "falls"]],
    onReveal: () => {
      change({ revealed: true });
      again.focus(); // the button that was pressed is gone
    },
    judge(answer) {
      const { before, after, meanBefore, meanAfter } = compare(state.method, state.input, state.shift, state.stages);
      change({ revealed: true });
      return {
        right: Number(answer) === Math.sign(meanAfter - meanBefore),
        text: `The mean of f(x) is ${writtenMean(before, meanBefore)}, that of f(Tx) is ${writtenMean(after, meanAfter)}.`,
      };
    },
  });

  /** A row of values, each as wide as the places of x that it stands for. */
  function lane(name, values, { classes = () => [], hidden = false, level = false } = {}) {
    const across = LENGTH / values.length;
    const most = Math.max(...state.input.map(Math.abs)) || 1;
    const upright = across > 1 || values.every((value) => exact(value).length < 3);
    return [
      h("tr", { class: "name" }, h("th", { colspan: LENGTH, scope: "rowgroup" }, name)),
      h(
        "tr",
        { class: upright ? "" : "long" },
        ...values.map((value, i) => {
          const text = h("span", {}, hidden ? "?" : exact(value));
          const cell = h("td", { colspan: across, class: classes(value, i).filter(Boolean).join(" ") }, text);
          if (level && !hidden) cell.style.setProperty("--level", `${Math.max(0, (100 * value) / most)}%`);
          return cell;
        }),
      ),
    ];
  }

  function drawLanes(facts) {
    const { input, shift, revealed } = state;
    const { stride, move, before, after, moved, differences } = facts;
    const dense = keepAll(state.method, input, state.stages);
    const kept = (i) => i % stride === 0;
    const keptAfter = (i) => revealed && (i + shift) % stride === 0;
    const hidden = !revealed;
    lanes.replaceChildren(
      ...lane("g(x): f without leaving places out", dense, { classes: (_, i) => [kept(i) && "kept", keptAfter(i) && "kept-after"], level: true }),
      ...lane(`f(x): every ${stride === 2 ? "second" : `${stride}th`} place of g(x), from place 0 (framed)`, before, { level: true }),
      ...lane(`Tx: x moved ${places(shift)} to the right`, roll(input, shift), { level: true }),
      ...lane(revealed ? "f(Tx): the places of g(x) above a dashed line" : "f(Tx)", after, { hidden, level: true }),
      ...lane(`T'f(x): f(x) moved by ${move === 1 ? "1 output" : `${move} outputs`}`, moved, { hidden, level: true }),
      ...lane(`f(Tx) ${MINUS} T'f(x)`, differences, { hidden, classes: (value) => [revealed && (value ? "differs" : "equal")] }),
    );
  }

  function drawTables() {
    const keys = Object.keys(methods);
    const facts = SHIFTS.map((s) => keys.map((key) => compare(key, state.input, s, state.stages)));
    const table = (title, read) =>
      h(
        "table",
        { class: "cnn-numbers" },
        h("caption", {}, title),
        h(
          "thead",
          {},
          h("tr", {}, h("th", { scope: "col" }, "shift"), ...keys.map((key) => h("th", { scope: "col" }, methods[key].short))),
        ),
        h(
          "tbody",
          {},
          ...SHIFTS.map((s) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, String(s)),
              ...keys.map((key, column) => {
                const here = s === state.shift && key === state.method;
                const text = exact(read(facts[s][column]));
                return h("td", { class: here ? "now" : key === state.method ? "same" : "" }, text);
              }),
            ),
          ),
        ),
      );
    tables.replaceChildren(
      table("‖f(Tx) \u2212 T'f(x)‖₁, the sum of the absolute differences", ({ error }) => error),
      table("Change of the mean", ({ meanChange }) => meanChange),
    );
  }

  function render() {
    const { input, shift, stages: count, revealed } = state;
    const facts = compare(state.method, input, shift, count);
    const { stride, move, after, moved, before, meanBefore, meanAfter, meanChange, error } = facts;
    const place = state.chosen ?? 0;
    method.input.value = state.method;
    stages.input.value = String(count);
    signal.input.value = signalName();
    definition.textContent =
      `${count === 1 ? "f" : "Each stage"}: ${methods[state.method].formula} for every second place, i = 0, 2, 4 and so on. ` +
      `At i = 2${count === 1 ? "" : " of the first stage"}: ${methods[state.method].example(input, 2)}. ` +
      (count === 1 ? "" : `Together the ${count} stages have stride ${stride}. `) +
      "Places are counted around a circle: after 15 comes 0.";
    time.update({ value: shift, max: SHIFTS.at(-1), text: `${shift} to the right` });
    said.textContent =
      `Shift s = ${shift}, stride ${stride}: s/${stride} = ${exact(shift / stride)} outputs` +
      (shift % stride ? ", not a whole number. T' moves f(x) by the nearest one, halves down: " : ". T' moves f(x) by ") +
      `${move}.`;
    inputGrid.update([input.map((value, i) => ({ value, classes: [i === state.chosen && "linked"] }))], [0, place]);
    editor.update(`x: place ${place}`, input[place]);
    drawLanes(facts);
    for (const part of [equation, tables, meaning]) part.hidden = !revealed;
    again.hidden = !revealed;
    equation.setAttribute("aria-live", time.playing ? "off" : "polite");
    equation.replaceChildren(
      "‖f(Tx) \u2212 T'f(x)‖₁ = ",
      after.map((value, o) => `|${exact(value)} ${MINUS} ${exactFactor(moved[o])}|`).join(" + "),
      " = ",
      h("strong", {}, exact(error)),
      ". Mean of f(x): ",
      writtenMean(before, meanBefore),
      "; of f(Tx): ",
      writtenMean(after, meanAfter),
      "; change ",
      h("strong", {}, exact(meanChange)),
      ".",
    );
    if (revealed) drawTables();
    meaning.textContent =
      `A shift by a multiple of ${stride} moves f(x) by whole outputs: both tables show 0 for every method. At other shifts the ` +
      "outputs fall between those of f(x), so the first table can differ from 0 even for a smooth f; the mean can still stay the " +
      "same, as it always does for average and blur. Only the pooling is at work here: a network has filters and ReLUs before it.";
    python.update(pythonOf(state, move));
    question.ask(revealed ? null : `Predict: x moves ${places(shift)} to the right. From f(x) to f(Tx), the mean of the ${before.length} outputs …`);
    root.dataset.input = formatMatrix([input]);
    for (const name of ["method", "shift", "stages"]) root.dataset[name] = state[name];
  }

  const figure = h(
    "div",
    { class: "cnn-figure", role: "group", "aria-label": "A shift of the input and what pooling makes of it" },
    h("div", { class: "cnn-settings" }, method.element, stages.element, signal.element),
    definition,
    h("div", {}, said, time.element),
    h("div", {}, inputGrid.element, h("table", { class: "cnn-lanes" }, lanes)),
    question.element,
    equation,
    tables,
    meaning,
    h("div", { class: "cnn-row" }, again),
    h("p", { class: "cnn-hint" }, "Choose a place of x and type a digit, or use the field:"),
    editor.element,
    python.element,
  );
  render();
  return figure;
}
