// Figure `receptive-field`: the pixels behind one unit of a stack of layers, and how many paths lead to each.
import { span } from "./arithmetic.mjs";
import { button, code, h, select, stepper } from "./dom.mjs";
import { explain, fieldMistakes } from "./mistakes.mjs";
import { predict } from "./predict.mjs";
import { allPaths, fields, halfOf, insideCounts, paths, rowSizes } from "./stack.mjs";
import { drawSquare, drawStack } from "./stack-picture.mjs";
import { call, formatMatrix, integer, number, parseMatrix } from "./text.mjs";

const MOST_LAYERS = 6;
const LIMITS = { kernelSize: [1, 7], stride: [1, 3], padding: [0, 3], dilation: [1, 3] };
const NAMES = Object.keys(LIMITS);
const HEADS = { kernelSize: "kernel K", stride: "stride S", padding: "padding P", dilation: "dilation D" };
const INPUT = [4, 24];
const USUAL = "3 1 1 1;3 1 1 1;3 1 1 1";
// Kernel, stride, padding and dilation of each layer.
const EXAMPLES = [
  ["Two 3s", "3 1 1 1;3 1 1 1"],
  ["Three 3s", USUAL],
  ["One 7", "7 1 3 1"],
  ["3, pool 2, 3", "3 1 1 1;2 2 0 1;3 1 1 1"],
  ["Stride 2, thrice", "3 2 1 1;3 2 1 1;3 2 1 1"],
  ["Dilation 1, 2, 3", "3 1 1 1;3 1 2 2;3 1 3 3"],
  ["Dilation 2, thrice", "3 1 2 2;3 1 2 2;3 1 2 2"],
  ["Six 3s", "3 1 1 1;3 1 1 1;3 1 1 1;3 1 1 1;3 1 1 1;3 1 1 1"],
];
const QUESTIONS = [3, 4, 6, 5].map((index) => EXAMPLES[index][1]);
const MINUS = "\u2212";
const sub = (text) => h("sub", {}, text);

function parseLayers(text) {
  const rows = parseMatrix(text);
  if (rows.length > MOST_LAYERS || rows[0].length !== NAMES.length)
    throw new Error(`"${text}": give 1 to ${MOST_LAYERS} layers of kernel, stride, padding, dilation`);
  return rows.map((row) =>
    Object.fromEntries(NAMES.map((name, i) => [name, integer(row[i], 1, ...LIMITS[name])])),
  );
}

/** Everything that follows from the layers and the input; `why` is a sentence where a window does not fit. */
function compute({ layers, inputSize }) {
  const sizes = rowSizes(layers, inputSize);
  const places = fields(layers);
  if (sizes.at(-1) >= 1) return { sizes, places };
  const l = sizes.length - 1;
  const { kernelSize, dilation, padding } = layers[l - 1];
  const below = l > 1 ? `layer ${l - 1} has` : "the input has";
  const has = `${sizes[l - 1]} ${l > 1 ? "units" : "pixels"}${padding ? ` and ${2 * padding} of padding` : ""}`;
  const why =
    `A window of layer ${l} covers ${span(kernelSize, dilation)} places, but ${below} only ${has}: ` +
    "choose a larger input, a smaller kernel, stride or dilation, or more padding.";
  return { why };
}

export default function receptiveField(root) {
  const state = {
    layers: parseLayers(root.dataset.layers ?? USUAL),
    inputSize: integer(root.dataset.size, 16, ...INPUT),
    unit: integer(root.dataset.unit, 7, 0, 1000),
    revealed: false,
    asked: 0,
  };
  let facts = compute(state);
  const change = (changes) => {
    Object.assign(state, changes);
    facts = compute(state);
    render();
  };
  const middleUnit = (layers) => Math.floor((rowSizes(layers, state.inputSize).at(-1) - 1) / 2);
  const useStack = (text, more) => {
    const layers = parseLayers(text);
    time.stop();
    change({ layers, unit: Math.max(0, middleUnit(layers)), ...more });
  };

  const examples = h(
    "div",
    { class: "cnn-row", role: "group", "aria-label": "Examples" },
    ...EXAMPLES.map(([name, text]) => button(name, () => useStack(text))),
  );
  const size = select(
    "Input pixels",
    Array.from({ length: INPUT[1] - INPUT[0] + 1 }, (_, i) => [INPUT[0] + i, INPUT[0] + i]),
    state.inputSize,
    (value) => change({ inputSize: Number(value) }),
  );
  const more = button("Add a layer", () => {
    if (state.layers.length < MOST_LAYERS)
      change({ layers: [...state.layers, { kernelSize: 3, stride: 1, padding: 1, dilation: 1 }] });
  });
  const less = button("Remove the last layer", () => {
    if (state.layers.length > 1) change({ layers: state.layers.slice(0, -1) });
  });
  // All rows are there from the start, so that a list keeps the focus while its value changes.
  const editors = Array.from({ length: MOST_LAYERS }, (_, index) => {
    const lists = NAMES.map((name) => {
      const [least, most] = LIMITS[name];
      const list = h("select", {
        "aria-label": `Layer ${index + 1}: ${HEADS[name].split(" ")[0]}`,
        change: () => {
          const layers = state.layers.map((layer) => ({ ...layer }));
          layers[index][name] = Number(list.value);
          change({ layers });
        },
      });
      for (let value = least; value <= most; value++) list.append(h("option", { value }, String(value)));
      return [name, list];
    });
    const row = h("tr", {}, h("th", { scope: "row" }, String(index + 1)), ...lists.map(([, list]) => h("td", {}, list)));
    return { row, lists };
  });
  const editor = h(
    "table",
    { class: "cnn-layers" },
    h("thead", {}, h("tr", {}, h("td"), ...NAMES.map((name) => h("th", { scope: "col" }, HEADS[name])))),
    h("tbody", {}, ...editors.map(({ row }) => row)),
  );

  const problem = h("p", { class: "cnn-problem", role: "alert" });
  const picture = h("div", { class: "cnn-stack", role: "img" });
  const key = h("p", { class: "cnn-note" });
  const chosen = h("p");
  const time = stepper((unit) => change({ unit }), "Output unit");
  const equation = h("p", { class: "cnn-equation", "aria-live": "polite", "aria-atomic": "true" });
  const recurrences = h("tbody");
  const square = h("figure", { class: "cnn-panel cnn-square-panel" });
  const python = code();
  const again = button("Ask me another", () => {
    useStack(QUESTIONS[state.asked % QUESTIONS.length], { asked: state.asked + 1, revealed: false });
    question.focus();
  });
  const question = predict({
    onReveal: () => {
      change({ revealed: true });
      again.focus(); // the button that was pressed is gone
    },
    judge(answer) {
      const { size: right } = facts.places.at(-1);
      if (answer === right) {
        change({ revealed: true });
        return { right: true, text: `${number(right)} pixels: compare with the recurrence and the picture.` };
      }
      const known = explain(fieldMistakes(state.layers), answer);
      const hint = known ?? "Start with 1 pixel and add D(K \u2212 1)·j for each layer, from the input up.";
      return { right: false, text: `${hint} Try again, or press “Show me”.` };
    },
  });

  function describeUnit() {
    const { layers, unit } = state;
    const { sizes, places } = facts;
    const { size: r, start, jump } = places.at(-1);
    const [first, last] = [start + unit * jump, start + unit * jump + r - 1];
    const traced = paths(layers, sizes, unit);
    const counts = insideCounts(traced[0], sizes[0]);
    const reached = counts.filter((count) => count > 0).length;
    const sum = counts.reduce((a, b) => a + b, 0);
    const outside = Math.min(r, Math.max(0, -first) + Math.max(0, last - sizes[0] + 1));
    return { r, first, last, traced, counts, reached, sum, outside, all: allPaths(layers), shown: counts.slice(Math.max(0, first), last + 1) };
  }

  function tellUnit({ r, first, last, reached, sum, outside, all, shown }) {
    const { layers, unit } = state;
    const L = layers.length;
    const additions = layers.map(({ kernelSize, dilation }, l) => dilation * (kernelSize - 1) * facts.places[l].jump);
    const between = r - outside;
    equation.replaceChildren(
      `Unit ${unit} of layer ${L}: r`,
      sub(L),
      ` = 1 + ${additions.join(" + ")} = `,
      h("strong", {}, number(r)),
      ` pixels, ${r === 1 ? number(first) : `from ${number(first)} to ${number(last)}`}.`,
      outside ? ` ${number(outside)} of them ${outside === 1 ? "lies" : "lie"} outside the input.` : "",
      reached < between ? ` It reads only ${reached} of the ${between} pixels${outside ? " inside" : ""}.` : "",
      shown.length ? ` Paths to ${outside ? "those inside" : "them"}: ${shown.map(number).join(", ")}. ` : " ",
      `Together ${number(sum)}`,
      sum < all
        ? ` of ${layers.map(({ kernelSize }) => kernelSize).join("×")} = ${number(all)}: the others end in zeros of the padding.`
        : ` = ${layers.map(({ kernelSize }) => kernelSize).join("×")}.`,
    );
  }

  function drawRecurrences() {
    const { places, sizes } = facts;
    const show = (text) => (state.revealed ? text : "?");
    const rows = places.map(({ size: r, jump }, l) => {
      const name = l ? String(l) : "0 (input)";
      if (!l) return [name, "1", "1", sizes[0]];
      const { kernelSize, stride, dilation } = state.layers[l - 1];
      const before = places[l - 1];
      return [
        name,
        show(`${before.size} + ${dilation}×(${kernelSize} ${MINUS} 1)×${before.jump} = ${r}`),
        show(`${before.jump}×${stride} = ${jump}`),
        sizes[l],
      ];
    });
    recurrences.replaceChildren(
      ...rows.map(([name, ...values]) =>
        h("tr", {}, h("th", { scope: "row" }, name), ...values.map((value) => h("td", {}, String(value)))),
      ),
    );
  }

  function drawPlane({ r, first, counts, reached, outside }) {
    const products = counts.flatMap((a) => counts.map((b) => a * b)).filter((count) => count > 0);
    const { unit } = state;
    const text =
      `In two directions: the square is the theoretical field of ${r}×${r} = ${number(r * r)} pixels, the shade the number of ` +
      `paths. The unit in row ${unit}, column ${unit} reads ${number(reached ** 2)} pixels${outside ? " of the image" : ""}; ` +
      `half of all its paths to the image end in ${number(halfOf(products))} of them.`;
    const label =
      `${counts.length} by ${counts.length} pixels with a square of ${r} by ${r} around the field; ` +
      "the shade is strongest where most paths end.";
    square.replaceChildren(drawSquare(counts, first, r, label), h("figcaption", {}, text));
  }

  function render() {
    const { layers, revealed } = state;
    const { why, sizes, places } = facts;
    editors.forEach(({ row, lists }, index) => {
      row.hidden = index >= layers.length;
      if (!row.hidden) for (const [name, list] of lists) list.value = layers[index][name];
    });
    size.input.value = state.inputSize;
    more.setAttribute("aria-disabled", layers.length === MOST_LAYERS);
    less.setAttribute("aria-disabled", layers.length === 1);
    problem.textContent = why ?? "";
    problem.hidden = !why;
    for (const part of [picture, key, chosen, equation, results, python.element]) part.hidden = Boolean(why);
    again.hidden = !revealed || Boolean(why);
    if (why) {
      time.update({ value: 0, max: 0, text: "no output", disabled: true });
      question.ask(null);
    } else {
      const L = layers.length;
      state.unit = Math.min(state.unit, sizes[L] - 1);
      const { unit } = state;
      const told = describeUnit();
      const { traced, counts, first, last } = told;
      picture.replaceChildren(
        ...drawStack({
          layers, sizes, places, unit, counts,
          traced: revealed ? traced : null,
          onChoose: (place) => {
            time.stop();
            change({ unit: place });
          },
        }),
      );
      picture.setAttribute(
        "aria-label",
        `${L === 1 ? "One layer" : `${L} layers`} above ${sizes[0]} pixels; unit ${unit} of layer ${L} is chosen. ` +
          (revealed
            ? `It depends on ${told.reached} ${told.reached === 1 ? "pixel" : "pixels"} between ${number(first)} and ${number(last)}.`
            : "What it depends on is not yet shown."),
      );
      chosen.textContent = `Unit ${unit} of layer ${L}, whose units are 0 to ${sizes[L] - 1}:`;
      key.textContent =
        "The thick frame is the chosen unit; dashed frames are padding." +
        (revealed
          ? " Filled: what it reads, with the number of paths where there is room. Under the input: that number as bars, " +
            "and the theoretical field as a line."
          : "");
      time.update({ value: unit, max: sizes[L] - 1, text: `unit ${unit} of layer ${L}, which has ${sizes[L]}` });
      equation.hidden = square.hidden = !revealed;
      equation.setAttribute("aria-live", time.playing ? "off" : "polite");
      if (revealed) {
        tellUnit(told);
        drawPlane(told);
      }
      drawRecurrences();
      python.update(
        [
          "import torch",
          "from torch import nn",
          "",
          "stack = nn.Sequential(",
          ...layers.map(
            ({ kernelSize, stride, padding, dilation }) =>
              `    ${call("nn.Conv1d", [1, 1, kernelSize], { stride: [stride, 1], padding: [padding, 0], dilation: [dilation, 1], bias: ["False", ""] })},`,
          ),
          ").double()",
          "for layer in stack:",
          "    nn.init.ones_(layer.weight)",
          `x = torch.zeros(1, 1, ${sizes[0]}, dtype=torch.double, requires_grad=True)`,
          `stack(x)[0, 0, ${unit}].backward()`,
          "x.grad[0, 0]  # the paths to each pixel",
        ].join("\n"),
      );
      question.ask(
        revealed
          ? null
          : `Predict: how many pixels wide is the receptive field of one unit of layer ${L}, from the first pixel to the last? ` +
              "Borders do not count.",
      );
    }
    root.dataset.layers = formatMatrix(layers.map((layer) => NAMES.map((name) => layer[name])));
    root.dataset.size = state.inputSize;
    root.dataset.unit = state.unit;
  }

  const results = h(
    "div",
    { class: "cnn-grids" },
    h(
      "table",
      { class: "cnn-numbers" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, "layer"),
          h("th", { scope: "col" }, "size r", sub("l"), " = r", sub(`l${MINUS}1`), ` + D(K ${MINUS} 1)·j`, sub(`l${MINUS}1`)),
          h("th", { scope: "col" }, "jump j", sub("l"), " = j", sub(`l${MINUS}1`), "·S"),
          h("th", { scope: "col" }, "units"),
        ),
      ),
      recurrences,
    ),
    square,
  );
  const figure = h(
    "div",
    { class: "cnn-figure", role: "group", "aria-label": "The receptive field of a stack of layers" },
    examples,
    editor,
    h("div", { class: "cnn-settings" }, size.element, more, less),
    problem,
    question.element,
    picture,
    key,
    h("div", {}, chosen, time.element),
    equation,
    results,
    h(
      "p",
      { class: "cnn-note" },
      "The counts are exact: in a stack whose weights are all 1, without bias and activation, they are the derivative of the " +
        "unit with respect to each pixel. Divided by the number of all paths, K×K×…, they are the weights of a stack of averages, " +
        "such as average pooling. A trained network weighs its paths differently, and its ReLUs close some of them.",
    ),
    h("div", { class: "cnn-row" }, again),
    python.element,
  );
  render();
  return figure;
}
