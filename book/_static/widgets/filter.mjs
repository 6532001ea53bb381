// Figure `filter`: a kernel on a whole picture, with a probe that writes out the sum at one pixel.
import { conv2d, pad, products, sum } from "./arithmetic.mjs";
import { button, code, h, integerField, select, spinner, uniqueId } from "./dom.mjs";
import { grid } from "./grid.mjs";
import { photo } from "./photo.mjs";
import { picture } from "./picture.mjs";
import { predict } from "./predict.mjs";
import { presetKernel, presets } from "./presets.mjs";
import { call, integer, number, product, tensor } from "./text.mjs";

const LARGEST = 99;
const PAD_SIZE = 16;

/** What the drawing pad starts with: a ring and a slanted stroke, 0 and 1. */
const firstDrawing = () =>
  Array.from({ length: PAD_SIZE }, (_, r) =>
    Array.from({ length: PAD_SIZE }, (_, c) => {
      const ring = Math.abs(Math.hypot(r - 5, c - 5) - 3) < 0.6;
      const stroke = r >= 6 && r <= 13 && c === 20 - r;
      return Number(ring || stroke);
    }),
  );

function readState(data) {
  const source = data.source ?? "photo";
  const preset = data.preset ?? "sobel-x";
  const size = integer(data.size, 3, 3, 5);
  if (!["photo", "pad"].includes(source)) throw new Error(`"${source}" is neither "photo" nor "pad"`);
  if (!(preset in presets)) throw new Error(`"${preset}" is not one of ${Object.keys(presets).join(", ")}`);
  if (size === 4) throw new Error("the kernel size is 3 or 5");
  const state = { source, preset, size, drawing: firstDrawing(), cell: [0, 0], revealed: false };
  const last = (source === "photo" ? photo.length : PAD_SIZE) - 1;
  const [row, column] = [integer(data.row, Math.floor(last / 2), 0, last), integer(data.column, Math.floor(last / 2), 0, last)];
  return { ...state, row, column, ...presetKernel(preset, size) };
}

export default function filter(root) {
  const state = readState(root.dataset);
  const pixels = () => (state.source === "photo" ? photo : state.drawing);
  const brightest = () => (state.source === "photo" ? 255 : 1);
  const padding = () => (state.size - 1) / 2;
  let response;
  const change = (changes) => {
    Object.assign(state, changes);
    if (["source", "drawing", "kernel", "divisor"].some((name) => name in changes)) recompute();
    render();
  };
  const recompute = () => {
    const sums = conv2d(pixels(), state.kernel, { stride: 1, padding: padding(), dilation: 1 });
    response = sums.map((row) => row.map((value) => value / state.divisor));
  };
  const move = (row, column) => {
    const last = pixels().length - 1;
    change({ row: Math.min(last, Math.max(0, row)), column: Math.min(last, Math.max(0, column)) });
  };
  const draw = (row, column, ink) => {
    state.drawing[row][column] = ink;
    change({ drawing: state.drawing, row, column });
  };

  const hint = h("p", { class: "cnn-hint", id: uniqueId("hint") });
  const left = picture({
    label: "Picture",
    describedBy: hint.id,
    onMove: move,
    onDraw: draw,
    read: (row, column) => state.drawing[row][column],
  });
  const right = picture({ label: "Response", describedBy: hint.id, onMove: move });

  const source = select("Picture", [["photo", "photo"], ["pad", "drawing pad"]], state.source, (value) => {
    const middle = value === "photo" ? 32 : 8;
    change({ source: value, row: middle, column: middle });
  });
  const preset = select(
    "Kernel",
    [...Object.entries(presets).map(([key, { name }]) => [key, name]), ["custom", "your own"]],
    state.preset,
    (name) => {
      if (name === "custom") return change({ preset: name });
      change({ preset: name, shown: "auto", cell: [0, 0], ...presetKernel(name, state.size) });
    },
  );
  const size = select("Size", [["3", "3×3"], ["5", "5×5"]], String(state.size), (value) => {
    const name = state.preset === "custom" ? "identity" : state.preset;
    change({ size: Number(value), preset: name, cell: [0, 0], ...presetKernel(name, Number(value)) });
  });
  const view = select(
    "Show the response as",
    [["signed", "signed, 0 in the middle"], ["picture", "a picture, clipped"]],
    "signed",
    (value) => change({ shown: value }),
  );
  const divisor = integerField("Divide the sum by", { min: 1, max: 999 }, state.divisor, (value) => {
    change({ divisor: value, preset: "custom" });
  });
  const clear = button("Clear the pad", () => change({ drawing: firstDrawing().map((row) => row.map(() => 0)) }));
  const paint = button("Turn the pixel at the probe", () => draw(state.row, state.column, 1 - state.drawing[state.row][state.column]));
  const rowSlider = h("input", { type: "range", min: 0, step: 1, input: () => move(rowSlider.valueAsNumber, state.column) });
  const columnSlider = h("input", { type: "range", min: 0, step: 1, input: () => move(state.row, columnSlider.valueAsNumber) });
  const field = (text, input) => h("label", { class: "cnn-field cnn-grow" }, text, input);
  const rowText = h("span");
  const columnText = h("span");

  const setWeight = (row, column, value) => {
    const kernel = state.kernel.map((weights) => [...weights]);
    kernel[row][column] = Math.max(-LARGEST, Math.min(LARGEST, value)) || 0;
    change({ kernel, preset: "custom", cell: [row, column] });
  };
  const windowGrid = grid("Pixels in the window", { onChoose: (r, c) => change({ cell: [r, c] }) });
  const kernelGrid = grid("Kernel", {
    onChoose: (r, c) => change({ cell: [r, c] }),
    onType: (r, c, edit) => setWeight(r, c, edit(state.kernel[r][c])),
  });
  const productGrid = grid("Products", { onChoose: (r, c) => change({ cell: [r, c] }) });
  const editor = spinner({ min: -LARGEST, max: LARGEST }, (value) => setWeight(...state.cell, value));
  const equation = h("p", { class: "cnn-equation", "aria-live": "polite", "aria-atomic": "true" });
  const about = h("p", { class: "cnn-note" });
  const legend = h("div", { class: "cnn-legend" });
  const python = code();
  const termsHere = () => products(pad(pixels(), padding()), state.kernel, state.row, state.column, { stride: 1, dilation: 1 });

  const question = predict({
    choices: [["-1", "negative"], ["0", "zero"], ["1", "positive"]],
    onReveal: () => {
      change({ revealed: true });
      again.focus(); // the button that was pressed is gone
    },
    judge(answer) {
      const parts = termsHere().map(({ weight, value }) => weight * value);
      const [plus, minus] = [1, -1].map((sign) => parts.filter((p) => p * sign > 0).reduce((a, b) => a + b, 0));
      const total = plus + minus;
      change({ revealed: true });
      return {
        right: Number(answer) === Math.sign(total),
        text: `The positive products add to ${number(plus)}, the negative ones to ${number(minus)}: the sum is ${number(total)}.`,
      };
    },
  });
  const again = button("Predict at another pixel", () => {
    const n = pixels().length;
    // A walk that visits pixels far from each other.
    change({ revealed: false, row: (state.row * 5 + 11) % n, column: (state.column * 5 + 17) % n });
    question.focus();
  });

  function render() {
    const { row, column, kernel, cell, revealed } = state;
    const input = pixels();
    const terms = termsHere();
    const asRows = (make) => kernel.map((weights, i) => weights.map((_, j) => make(terms[i * state.size + j], i, j)));
    const outside = (term) =>
      !(term.row - padding() in input) || !(term.column - padding() in input[0]);
    const chosen = (i, j) => (i === cell[0] && j === cell[1] ? "linked" : "");
    windowGrid.update(
      asRows((term, i, j) => ({
        value: term.value,
        note: [outside(term) && "padding"],
        classes: [outside(term) && "pad", chosen(i, j)],
      })),
      cell,
    );
    kernelGrid.update(asRows((term, i, j) => ({ value: term.weight, classes: ["weight", chosen(i, j)] })), cell);
    productGrid.update(
      asRows(({ weight, value }, i, j) => ({
        text: revealed ? number(weight * value || 0) : "?",
        note: [!revealed && "not yet shown"],
        classes: [chosen(i, j)],
      })),
      cell,
    );
    editor.update(`Kernel: row ${cell[0]}, column ${cell[1]}`, kernel[cell[0]][cell[1]]);

    const total = sum(terms);
    equation.replaceChildren(`Response at row ${row}, column ${column}, as weight×pixel: `);
    terms.forEach((term, index) => {
      const classes = ["term", outside(term) && "pad", chosen(term.i, term.j)].filter(Boolean).join(" ");
      equation.append(index ? " + " : "", h("span", { class: classes }, product(term)));
    });
    equation.append(" = ");
    if (!revealed) equation.append("?");
    else if (state.divisor === 1) equation.append(h("strong", {}, number(total)));
    else equation.append(`${number(total)}, divided by ${number(state.divisor)}: `, h("strong", {}, number(total / state.divisor)));

    const negative = kernel.flat().some((weight) => weight < 0);
    const automatic = !negative || state.preset === "sharpen" ? "picture" : "signed";
    const shown = !state.shown || state.shown === "auto" ? automatic : state.shown;
    const largest = Math.max(...response.flat().map(Math.abs)) || 1;
    left.show(input, { low: 0, high: brightest(), signed: false }, row, column, state.size, state.source === "pad");
    const range = shown === "signed" ? { low: -largest, high: largest, signed: true } : { low: 0, high: brightest(), signed: false };
    right.show(response, range, row, column, 1, false);
    const marks = shown === "signed" ? [range.low, 0, range.high] : [range.low, range.high];
    const clipped = shown === "picture" ? response.flat().filter((v) => v < 0 || v > range.high).length : 0;
    legend.replaceChildren(
      h("div", { class: `cnn-ramp ${shown}` }),
      h("div", { class: "cnn-ramp-text" }, ...marks.map((v) => h("span", {}, v > 0 && shown === "signed" ? `+${number(v)}` : number(v)))),
      h("p", { class: "cnn-note" }, clipped ? `${number(clipped)} of ${number(response.length ** 2)} values lie outside and are clipped.` : ""),
    );
    const { name, tells } = presets[state.preset] ?? { name: "your own kernel", tells: "choose a cell and type a digit, or use the field" };
    about.textContent = `${name[0].toUpperCase()}${name.slice(1)}: ${tells}.`;
    const isPad = state.source === "pad";
    hint.textContent = isPad
      ? "Press or drag to draw. With the keyboard: arrow keys move the probe, space turns its pixel on or off."
      : "Press a pixel to move the probe, or use the arrow keys (with shift: ten pixels).";
    for (const control of [clear, paint]) control.hidden = !isPad;
    for (const [slider, text, value, label] of [
      [rowSlider, rowText, row, "Probe: row"],
      [columnSlider, columnText, column, "Probe: column"],
    ]) {
      slider.max = input.length - 1;
      slider.value = value;
      text.textContent = `${label} ${value}`;
    }
    source.input.value = state.source;
    preset.input.value = state.preset;
    size.input.value = String(state.size);
    view.input.value = shown;
    divisor.input.value = state.divisor;
    again.hidden = !revealed;
    question.ask(revealed ? null : `Predict the response at row ${row}, column ${column}. The sum of the products is …`);
    const divided = state.divisor === 1 ? "w" : `w / ${state.divisor}`;
    const line = call("F.conv2d", ["x", divided], { padding: [padding(), 0] });
    const n = input.length;
    python.update(`# x: the picture, shape (1, 1, ${n}, ${n})\nw = ${tensor(kernel)}\n${line}`);
    for (const key of ["source", "preset", "size", "row", "column", "divisor"]) root.dataset[key] = state[key];
  }

  const figure = h(
    "div",
    { class: "cnn-figure", role: "group", "aria-label": "Filter a picture" },
    h("div", { class: "cnn-settings" }, source.element, preset.element, size.element, divisor.element, view.element),
    about,
    h("div", { class: "cnn-pictures" }, left.element, h("div", {}, right.element, legend)),
    hint,
    h("div", { class: "cnn-row" }, field(rowText, rowSlider), field(columnText, columnSlider), paint, clear),
    h("div", { class: "cnn-grids" }, windowGrid.element, kernelGrid.element, productGrid.element),
    question.element,
    equation,
    h("div", { class: "cnn-row" }, again),
    editor.element,
    python.element,
  );
  recompute();
  render();
  return figure;
}
