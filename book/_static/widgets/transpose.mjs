// Figure `transpose`: a transposed convolution as scattered products, as a convolution over inserted zeros, and its cure.
import { shape, sum } from "./arithmetic.mjs";
import { code, fold, h, select, spinner, stepper } from "./dom.mjs";
import { grid } from "./grid.mjs";
import { predict } from "./predict.mjs";
import { call, factor, formatMatrix, integer, number, parseMatrix, tensor } from "./text.mjs";
import { look, ofInput, outputSize } from "./transposed.mjs";

const MINUS = "\u2212";
const LARGEST = { input: 3, kernel: 4, value: 3 };
const VIEWS = { scatter: "scatter", zeros: "insert zeros", resize: "resize, convolve" };
const ONES = "1 1 1;1 1 1;1 1 1";
const EXAMPLES = {
  products: { name: "products", input: "1 2 0;3 1 2;0 1 1", kernel: "1 2 0;0 1 3;2 0 1", stride: 2, padding: 0, view: "scatter", at: 1 },
  checkerboard: { name: "a checkerboard", input: ONES, kernel: ONES, stride: 2, padding: 0, view: "scatter", at: 8 },
  even: { name: "even overlap", input: ONES, kernel: "1 1 1 1;1 1 1 1;1 1 1 1;1 1 1 1", stride: 2, padding: 1, view: "scatter", at: 8 },
  resize: { name: "resized first", input: ONES, kernel: ONES, stride: 2, padding: 0, view: "resize", at: 8 },
};

/** The settings of an example; reading it anew makes matrices of its own. */
const settingsOf = ({ input, kernel, stride, padding, view, at }) => ({
  input: parseMatrix(input), kernel: parseMatrix(kernel), stride, padding, outputPadding: 0, view, at, row: 2, column: 2,
});

function readState(data) {
  const usual = EXAMPLES.products;
  const state = {
    input: parseMatrix(data.input ?? usual.input),
    kernel: parseMatrix(data.kernel ?? usual.kernel),
    stride: integer(data.stride, usual.stride, 1, 3),
    padding: integer(data.padding, usual.padding, 0, 2),
    outputPadding: integer(data.outputPadding, 0, 0, 2),
    view: data.view ?? usual.view,
    at: integer(data.at, usual.at, 0, LARGEST.input ** 2 - 1),
    row: integer(data.row, 2, 0, 20),
    column: integer(data.column, 2, 0, 20),
    chosen: { grid: "input", row: 0, column: 0 }, // what the reader edits
  };
  if (!(state.view in VIEWS)) throw new Error(`"${state.view}" is not one of ${Object.keys(VIEWS).join(", ")}`);
  for (const name of ["input", "kernel"]) {
    const [height, width] = shape(state[name]);
    if (height !== width || height > LARGEST[name]) throw new Error(`the ${name} is not square or too large to show`);
    if (state[name].flat().some((value) => Math.abs(value) > LARGEST.value)) throw new Error(`${name}: use -3 to 3`);
  }
  return state;
}

/** Why there is no output, in a sentence, or nothing. */
function problemOf({ view, input, kernel, stride, padding, outputPadding }, size) {
  if (view !== "resize" && outputPadding >= stride)
    return `The output padding is ${outputPadding}, but has to be smaller than the stride, ${stride}: choose a larger stride or less output padding.`;
  if (size < 1 || (view === "resize" && input.length * stride + 2 * padding < kernel.length))
    return `The output would have a size of ${number(size)}: choose a larger kernel, a larger stride or less padding.`;
}

/** Everything that follows from the settings. */
function compute(state) {
  const [n, k] = [state.input.length, state.kernel.length];
  const { stride, padding, outputPadding, view } = state;
  const size = view === "resize" ? n * stride + 2 * padding - k + 1 : outputSize(n, k, state);
  const why = problemOf(state, size);
  const written =
    view === "resize"
      ? `${n}×${stride} + 2×${padding} ${MINUS} ${k} + 1 = ${number(size)}`
      : `(${n} ${MINUS} 1)×${stride} ${MINUS} 2×${padding} + (${k} ${MINUS} 1) + ${outputPadding} + 1 = ${number(size)}`;
  return why ? { size, written, why } : { size, written, ...look(view, state.input, state.kernel, state) };
}

const called = (name, row, column) => `${name}[${row}, ${column}]`;
const written = ({ value, weight }) => `${factor(value)}×${factor(weight)}`;
const countOf = (n) => (n === 1 ? "1 product" : `${n} products`);

function pythonOf({ view, input, kernel, stride, padding, outputPadding }) {
  const lines = ["import torch", "import torch.nn.functional as F", "", `x = ${tensor(input)}`, `w = ${tensor(kernel)}`];
  if (view === "scatter")
    lines.push(call("F.conv_transpose2d", ["x", "w"], { stride: [stride, 1], padding: [padding, 0], output_padding: [outputPadding, 0] }));
  else if (view === "zeros") {
    const [size, before] = [(input.length - 1) * stride + 1, kernel.length - 1 - padding];
    lines.push(
      `spread = torch.zeros(1, 1, ${size}, ${size})`,
      `spread[..., ::${stride}, ::${stride}] = x`,
      `spread = F.pad(spread, (${[before, before + outputPadding, before, before + outputPadding].join(", ")}))`,
      "F.conv2d(spread, w.flip(-2, -1))",
    );
  } else
    lines.push(call("F.conv2d", [`F.interpolate(x, scale_factor=${stride})`, "w"], { padding: [padding, 0] }));
  return lines.join("\n");
}

export default function transpose(root) {
  const state = readState(root.dataset);
  let facts;
  const settle = () => {
    facts = compute(state);
    state.at = Math.min(state.at, state.input.length ** 2 - 1);
    if (!facts.why) for (const name of ["row", "column"]) state[name] = Math.min(state[name], facts.size - 1);
  };
  const change = (changes) => {
    Object.assign(state, changes);
    settle();
    render();
  };
  const setValue = (name, row, column, value) => {
    const matrix = state[name].map((values) => [...values]);
    matrix[row][column] = Math.max(-LARGEST.value, Math.min(LARGEST.value, value)) || 0;
    change({ [name]: matrix });
  };

  // The kernel is shown as it is used: flipped where a convolution does what the transposed one does.
  const kernelPlace = (r, c) => {
    const last = state.kernel.length - 1;
    return state.view === "zeros" ? [last - r, last - c] : [r, c];
  };
  const inputPlace = (r, c) => {
    if (!facts.cells) return [r, c];
    const { x } = facts.cells[r][c];
    return x === null ? null : [Math.floor(x / state.input.length), x % state.input.length];
  };
  const inputGrid = grid("Input x", {
    onChoose(r, c) {
      const place = inputPlace(r, c);
      if (!place) return;
      time.stop();
      const [row, column] = place;
      change({ chosen: { grid: "input", row, column, cell: [r, c] }, ...(facts.cells ? {} : { at: row * state.input.length + column }) });
    },
    onType: (r, c, edit) => inputPlace(r, c) && setValue("input", ...inputPlace(r, c), edit(state.input[inputPlace(r, c)[0]][inputPlace(r, c)[1]])),
  });
  const kernelGrid = grid("Kernel w", {
    onChoose(r, c) {
      const [row, column] = kernelPlace(r, c);
      change({ chosen: { grid: "kernel", row, column } });
    },
    onType(r, c, edit) {
      const [row, column] = kernelPlace(r, c);
      setValue("kernel", row, column, edit(state.kernel[row][column]));
    },
  });
  const outputGrid = grid("Output y", {
    onChoose(r, c) {
      time.stop();
      const cut = shownPadding();
      change({ row: r - cut, column: c - cut });
    },
  });
  // Scattering shows what the padding takes away, too.
  const shownPadding = () => (state.view === "scatter" ? state.padding : 0);

  const choose = (label, options, name) =>
    select(label, options, state[name], (value) => {
      time.stop();
      change({ [name]: name === "view" ? value : Number(value) });
    });
  const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => [from + i, String(from + i)]);
  const example = select("Example", [...Object.entries(EXAMPLES).map(([key, { name }]) => [key, name]), ["own", "your own"]], "products", (key) => {
    time.stop();
    if (key !== "own") change({ ...settingsOf(EXAMPLES[key]), chosen: { grid: "input", row: 0, column: 0 } });
  });
  const selects = {
    view: choose("View", Object.entries(VIEWS), "view"),
    stride: choose("Stride S", numbers(1, 3), "stride"),
    padding: choose("Padding P", numbers(0, 2), "padding"),
    outputPadding: choose("Out. pad OP", numbers(0, 2), "outputPadding"),
  };
  const kernelSize = select("Kernel K", numbers(2, LARGEST.kernel), state.kernel.length, (text) => {
    const [n, ones] = [Number(text), state.kernel.flat().every((value) => value === 1)];
    const kernel = Array.from({ length: n }, (_, r) =>
      Array.from({ length: n }, (_, c) => state.kernel[r]?.[c] ?? (ones ? 1 : (r + 2 * c) % 3)));
    change({ kernel, chosen: { grid: "input", row: 0, column: 0 } });
  });
  const editor = spinner({ min: -LARGEST.value, max: LARGEST.value }, (value) =>
    setValue(state.chosen.grid, state.chosen.row, state.chosen.column, value));
  const problem = h("p", { class: "cnn-problem", role: "alert" });
  const equation = h("p", { class: "cnn-equation", "aria-live": "polite", "aria-atomic": "true" });
  const sizes = h("p", { class: "cnn-note" });
  const formula = h("p", { class: "cnn-note" });
  const python = code();
  const place = (index) => ({ row: Math.floor(index / facts.size), column: index % facts.size });
  const time = stepper((at) => change(state.view === "scatter" ? { at } : place(at)));

  /** What is asked: the framed output when all is scattered, else the next one; null when all is shown. */
  const asked = () => {
    if (facts.why) return null;
    if (state.view === "scatter")
      return state.at < state.input.length ** 2 - 1 ? { row: state.row, column: state.column, at: state.input.length ** 2 - 1 } : null;
    const next = state.row * facts.size + state.column + 1;
    return next < facts.size ** 2 ? place(next) : null;
  };
  const question = predict({
    judge(answer) {
      const { row, column, ...rest } = asked();
      const count = ofInput(facts.met[row][column]).length;
      change({ row, column, ...rest });
      const hint = answer === count || answer !== state.kernel.length ** 2 ? "" : " The kernel has that many weights.";
      return { right: answer === count, text: `${called("y", row, column)} gets ${countOf(count)}.${hint}` };
    },
    onReveal() {
      change(asked());
      time.element.querySelector("input").focus();
    },
  });

  function render() {
    const { view, at, row, column, chosen, input } = state;
    const n = input.length;
    const scattering = view === "scatter";
    const key = (s) => JSON.stringify([s.input, s.kernel, s.stride, s.padding, s.outputPadding, s.view]);
    example.input.value = Object.keys(EXAMPLES).find((name) => key(settingsOf(EXAMPLES[name])) === key(state)) ?? "own";
    for (const [name, { input: list }] of Object.entries(selects)) list.value = String(state[name]);
    kernelSize.input.value = String(state.kernel.length);
    selects.outputPadding.input.disabled = view === "resize";
    problem.textContent = facts.why ?? "";
    for (const part of [equation, outputGrid.element]) part.hidden = Boolean(facts.why);
    problem.hidden = !facts.why;

    const terms = facts.why ? [] : facts.met[row][column];
    const now = scattering ? ofInput(terms).filter(({ x }) => x <= at) : ofInput(terms);
    drawInput(terms);
    kernelGrid.setLabel(view === "zeros" ? "w, flipped" : "Kernel w");
    kernelGrid.update(
      state.kernel.map((_, r) => state.kernel.map((_, c) => {
        const [i, j] = kernelPlace(r, c);
        const linked = scattering && now.some((term) => term.x === at && term.i === i && term.j === j);
        return { value: state.kernel[i][j], classes: ["weight", linked && "linked"] };
      })),
      chosen.grid === "kernel" ? kernelPlace(chosen.row, chosen.column) : [0, 0],
    );
    if (!facts.why) drawOutput();

    const steps = scattering ? n * n : (facts.size || 0) ** 2;
    const value = scattering ? at : row * facts.size + column;
    time.update(
      facts.why
        ? { value: 0, max: 0, text: "no output", disabled: true }
        : { value, max: steps - 1, text: `${scattering ? "input" : "output"} ${value + 1} of ${steps}` },
    );
    equation.setAttribute("aria-live", time.playing ? "off" : "polite");
    if (!facts.why) write(terms, now);
    sizes.textContent = `Size of y: ${facts.written}`;
    formula.textContent =
      view === "resize"
        ? "Size of y: I×S + 2P \u2212 K + 1. Every number is repeated S×S times before an ordinary convolution."
        : `Size of y: (I \u2212 1)S \u2212 2P + (K \u2212 1) + OP + 1.` +
          (view === "zeros" ? " S \u2212 1 zeros between the numbers, K \u2212 1 \u2212 P around them, OP more at the end." : "");
    python.update(pythonOf(state));
    const next = asked();
    question.ask(
      !next || time.playing
        ? null
        : scattering
          ? `Predict: how many products has ${called("y", row, column)}, framed, when all ${n * n} inputs have been added?`
          : `Predict: how many products with a number of x does the next output, ${called("y", next.row, next.column)}, have?`,
    );
    editor.update(`${chosen.grid === "input" ? "Input" : "Kernel"}: row ${chosen.row}, column ${chosen.column}`, state[chosen.grid][chosen.row][chosen.column]);
    for (const name of ["input", "kernel"]) root.dataset[name] = formatMatrix(state[name]);
    for (const name of ["stride", "padding", "outputPadding", "view", "at", "row", "column"]) root.dataset[name] = state[name];
  }

  function drawInput(terms) {
    const n = state.input.length;
    const { cells } = facts;
    inputGrid.setLabel(!cells ? "Input x" : state.view === "zeros" ? "x with inserted zeros" : "x, each number repeated");
    if (!cells) {
      inputGrid.update(
        state.input.map((values, r) => values.map((value, c) => ({ value, classes: [r * n + c === state.at && "tap"] }))),
        [Math.floor(state.at / n), state.at % n],
      );
    } else {
      const under = new Map(terms.map((term) => [`${term.row},${term.column}`, term]));
      const first = cells.flatMap((line, r) => line.flatMap(({ x }, c) => (x === null ? [] : [[r, c]])))[0];
      const kept = state.chosen.cell && cells[state.chosen.cell[0]]?.[state.chosen.cell[1]]?.x != null;
      inputGrid.update(
        cells.map((line, r) => line.map(({ value, x }, c) => {
          const term = under.get(`${r},${c}`);
          return {
            value, fixed: x === null, note: [x === null && "inserted", term && `times weight ${number(term.weight)}`],
            classes: [x === null ? "zero" : state.view === "zeros" && "source", term && "tap"],
          };
        })),
        kept ? state.chosen.cell : first,
      );
    }
    const widest = Math.max(cells?.length ?? n, (facts.size || 0) + 2 * shownPadding());
    figure.style.setProperty("--widest", widest);
  }

  function drawOutput() {
    const { view, at, row, column } = state;
    const cut = shownPadding();
    const scattering = view === "scatter";
    // Without padding the same products, and the ones that padding takes away around them.
    const all = cut ? look(view, state.input, state.kernel, { ...state, padding: 0, outputPadding: Math.max(0, state.outputPadding - cut) }).met : facts.met;
    outputGrid.setLabel(`Output y, ${facts.size}×${facts.size}`);
    outputGrid.update(
      all.map((line, r) => line.map((terms, c) => {
        const [y, x] = [r - cut, c - cut];
        const inside = y >= 0 && x >= 0 && y < facts.size && x < facts.size;
        const met = ofInput(terms).filter((term) => !scattering || term.x <= at);
        const hidden = !scattering && y * facts.size + x > row * facts.size + column;
        const text = hidden ? "?" : number(sum(met));
        return {
          text, fixed: !inside, note: [hidden ? "not yet shown" : inside ? countOf(met.length) : "taken away by the padding"],
          classes: [
            !inside && "never", hidden && "later", text.length > 3 && "long",
            scattering && !met.length && "later", inside && !hidden && met.length > 1 && (met.length > 3 ? "many" : "some"),
            scattering && met.some((term) => term.x === at) && "landed", y === row && x === column && "now",
          ],
        };
      })),
      [row + cut, column + cut],
    );
  }

  function write(terms, now) {
    const { input, kernel, at, row, column, view } = state;
    const scattering = view === "scatter";
    const [r, c] = [Math.floor(at / input.length), at % input.length];
    const value = input[r][c];
    const list = (items, between, linked) =>
      items.flatMap((term, i) => [i ? between : "", h("span", { class: `term ${linked(term)}` }, written(term))]);
    const parts = scattering
      ? [`${called("x", r, c)} = ${number(value)} adds `, ...list(kernel.flat().map((weight) => ({ value, weight })), ", ", () => ""), ". "]
      : [];
    const shown = scattering ? now : terms;
    const later = scattering && ofInput(terms).length > now.length ? " so far" : "";
    equation.replaceChildren(
      ...parts,
      `${called("y", row, column)} = `,
      ...(shown.length ? list(shown, " + ", ({ x }) => (x === null ? "pad" : x === at && scattering ? "linked" : "")) : ["0"]),
      " = ",
      h("strong", {}, number(sum(shown))),
      `: ${countOf(now.length)}${scattering ? later : " with a number of x"}.`,
    );
  }

  const figure = h(
    "div",
    { class: "cnn-figure cnn-screen cnn-transpose", role: "group", "aria-label": "Transposed convolution, step by step" },
    h("div", { class: "cnn-tools", role: "group", "aria-label": "Settings" },
      example.element, selects.view.element, kernelSize.element, selects.stride.element, selects.padding.element, selects.outputPadding.element),
    problem,
    h("div", { class: "cnn-stage" },
      h("div", { class: "cnn-pair" }, inputGrid.element, kernelGrid.element),
      outputGrid.element,
      h("div", { class: "cnn-said" }, equation, sizes)),
    time.element,
    question.element,
    h("div", { class: "cnn-folds" },
      fold("More", h("p", { class: "cnn-hint" }, "Choose a number of x or w and type a digit or \u2212, or use the field:"), editor.element, formula),
      fold("PyTorch", python.element)),
  );
  settle();
  render();
  return figure;
}
