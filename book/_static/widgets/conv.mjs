// Figure `conv`: one convolution, one output at a time, every product written out.
import { conv2d, dropped, flip, outputSize, pad, products, shape, span } from "./arithmetic.mjs";
import { checkbox, code, h, select, spinner, stepper } from "./dom.mjs";
import { grid } from "./grid.mjs";
import { convMistakes, explain } from "./mistakes.mjs";
import { predict } from "./predict.mjs";
import { call, formatMatrix, integer, number, parseMatrix, product, sizeFormula, tensor } from "./text.mjs";

const LARGEST = { input: 7, kernel: 5, stride: 3, padding: 3, dilation: 3, value: 9 };

function readState(data) {
  const state = {
    input: parseMatrix(data.input ?? "1 0 2 1 3;0 2 1 0 1;3 1 0 2 0;1 2 1 1 2;0 1 3 0 1"),
    kernel: parseMatrix(data.kernel ?? "1 2 0;0 1 -1;-1 0 1"),
    stride: integer(data.stride, 1, 1, LARGEST.stride),
    padding: integer(data.padding, 0, 0, LARGEST.padding),
    dilation: integer(data.dilation, 1, 1, LARGEST.dilation),
    flip: data.flip === "true",
    at: integer(data.at, 0, 0, 1000),
    chosen: { grid: "kernel", row: 0, column: 0 },
  };
  for (const name of ["input", "kernel"]) {
    if (Math.max(...shape(state[name])) > LARGEST[name]) throw new Error(`the ${name} is too large to show`);
    if (state[name].flat().some((value) => Math.abs(value) > LARGEST.value)) throw new Error(`${name}: use -9 to 9`);
  }
  return state;
}

/** Cut or extend a matrix to n × n, with small numbers where there was nothing. */
const resize = (matrix, n, filler) =>
  Array.from({ length: n }, (_, r) => Array.from({ length: n }, (_, c) => matrix[r]?.[c] ?? filler(r, c)));

const lastOnes = (n, noun) => (n === 0 ? "" : n === 1 ? `the last ${noun}` : `the last ${n} ${noun}s`);

/** Everything that follows from the settings; `why` is a sentence where no window fits. */
function compute(state) {
  const [height, width] = shape(state.input);
  const [kernelHeight, kernelWidth] = shape(state.kernel);
  const kernel = state.flip ? flip(state.kernel) : state.kernel;
  const padded = pad(state.input, state.padding);
  const outHeight = outputSize(height, kernelHeight, state);
  const outWidth = outputSize(width, kernelWidth, state);
  const base = { height, width, kernelHeight, kernelWidth, kernel, padded, outHeight, outWidth };
  if (outHeight < 1 || outWidth < 1) {
    const dilated = state.dilation > 1 ? "dilated kernel" : "kernel";
    const [covers, has] = [span(Math.max(kernelHeight, kernelWidth), state.dilation), Math.min(...shape(padded))];
    const why =
      `The ${dilated} covers ${covers}×${covers} pixels, but the ${state.padding ? "padded " : ""}input has only ` +
      `${has}×${has}: choose a smaller kernel${state.dilation > 1 ? " or dilation" : ""}, or more input or padding.`;
    return { ...base, why, lost: [0, 0] };
  }
  const lost = [dropped(height, kernelHeight, state), dropped(width, kernelWidth, state)];
  return { ...base, output: conv2d(state.input, kernel, state), lost };
}

export default function conv(root) {
  const state = readState(root.dataset);
  const change = (changes) => {
    const atEnd = facts.output && state.at === facts.outHeight * facts.outWidth - 1;
    Object.assign(state, changes);
    facts = compute(state);
    if (facts.output) {
      const last = facts.outHeight * facts.outWidth - 1;
      state.at = "at" in changes ? Math.min(state.at, last) : atEnd ? last : Math.min(state.at, last);
    }
    render();
  };
  let facts = compute(state);
  if (facts.output) state.at = Math.min(state.at, facts.outHeight * facts.outWidth - 1);

  const setValue = (name, row, column, value) => {
    const matrix = state[name].map((values) => [...values]);
    matrix[row][column] = Math.max(-LARGEST.value, Math.min(LARGEST.value, value)) || 0;
    change({ [name]: matrix });
  };
  // The input is shown with its padding, the kernel as it is used: both are mapped back to what is stored.
  const stored = {
    input: (r, c) => [r - state.padding, c - state.padding],
    kernel: (r, c) => (state.flip ? [facts.kernelHeight - 1 - r, facts.kernelWidth - 1 - c] : [r, c]),
  };
  const editable = (name, label) =>
    grid(label, {
      onChoose: (r, c) => {
        const [row, column] = stored[name](r, c);
        state.chosen = { grid: name, row, column, byReader: true };
        render();
      },
      onType: (r, c, edit) => {
        const [row, column] = stored[name](r, c);
        setValue(name, row, column, edit(state[name][row][column]));
      },
    });
  const inputGrid = editable("input", "Input");
  const kernelGrid = editable("kernel", "Kernel");
  const outputGrid = grid("Output", {
    onChoose: (r, c) => {
      time.stop();
      change({ at: r * facts.outWidth + c });
    },
  });
  const editor = spinner({ min: -LARGEST.value, max: LARGEST.value }, (value) => {
    setValue(state.chosen.grid, state.chosen.row, state.chosen.column, value);
  });
  const time = stepper((at) => change({ at }));
  const options = (from, to, text = String) => Array.from({ length: to - from + 1 }, (_, i) => [from + i, text(from + i)]);
  const square = (n) => `${n}×${n}`;
  const choose = (label, from, to, value, onChange, text) =>
    select(label, options(from, to, text), value, (chosen) => onChange(Number(chosen))).element;
  const settings = h(
    "div",
    { class: "cnn-settings", role: "group", "aria-label": "Settings" },
    choose("Input size", 1, LARGEST.input, facts.height, (n) => {
      state.chosen = { grid: "kernel", row: 0, column: 0 };
      change({ input: resize(state.input, n, (r, c) => (3 * r + 5 * c + r * c) % 4) });
    }, square),
    choose("Kernel size", 1, LARGEST.kernel, facts.kernelHeight, (n) => {
      state.chosen = { grid: "kernel", row: 0, column: 0 };
      change({ kernel: resize(state.kernel, n, (r, c) => ((r + 2 * c) % 3) - 1) });
    }, square),
    choose("Stride", 1, LARGEST.stride, state.stride, (stride) => change({ stride })),
    choose("Padding", 0, LARGEST.padding, state.padding, (padding) => change({ padding })),
    choose("Dilation", 1, LARGEST.dilation, state.dilation, (dilation) => change({ dilation })),
    checkbox("Flip the kernel (true convolution)", state.flip, (flipped) => change({ flip: flipped })).element,
  );
  const problem = h("p", { class: "cnn-problem", role: "alert" });
  const equation = h("p", { class: "cnn-equation", "aria-live": "polite", "aria-atomic": "true" });
  const sizes = h("p", { class: "cnn-note" });
  const python = code();
  const question = predict({
    judge(answer) {
      const next = state.at + 1;
      const [row, column] = [Math.floor(next / facts.outWidth), next % facts.outWidth];
      const expected = facts.output[row][column];
      if (answer === expected) {
        change({ at: next });
        return { right: true, text: `Output row ${row}, column ${column} is ${number(expected)}: compare with the equation.` };
      }
      const hint =
        explain(convMistakes({ ...state, ...facts, flipped: state.flip }, row, column), answer) ??
        "Multiply each weight by the pixel under it, then add the products.";
      return { right: false, text: `${hint} Try again, or press Next to see every product.` };
    },
  });

  function render() {
    const { output, outHeight, outWidth, padded, lost, kernel } = facts;
    const [row, column] = output ? [Math.floor(state.at / outWidth), state.at % outWidth] : [];
    const terms = output ? products(padded, kernel, row, column, state) : [];
    const { chosen } = state;
    const tapAt = new Map(terms.map((term) => [`${term.row},${term.column}`, term]));
    const usedKernel = (i, j) => stored.kernel(i, j); // its own inverse
    const isChosen = (term) => {
      const [r, c] = chosen.grid === "input" ? stored.input(term.row, term.column) : usedKernel(term.i, term.j);
      return r === chosen.row && c === chosen.column;
    };
    const linked = (term) => term && chosen.byReader && isChosen(term);
    const [height, width] = shape(padded);

    inputGrid.setLabel(state.padding ? "Input with padding" : "Input");
    inputGrid.update(
      padded.map((values, r) =>
        values.map((value, c) => {
          const [y, x] = stored.input(r, c);
          const isPadding = !(y in state.input && x in state.input[0]);
          const tap = tapAt.get(`${r},${c}`);
          const never = r >= height - lost[0] || c >= width - lost[1];
          return {
            value,
            fixed: isPadding,
            corner: tap && `×${number(tap.weight)}`,
            note: [isPadding && "padding", tap && `times weight ${number(tap.weight)}`, never && "dropped at the end"],
            classes: [isPadding && "pad", tap && "tap", never && "never", linked(tap) && "linked"],
          };
        }),
      ),
      chosen.grid === "input" ? [chosen.row + state.padding, chosen.column + state.padding] : [state.padding, state.padding],
    );
    kernelGrid.setLabel(state.flip ? "Kernel, flipped" : "Kernel");
    const byPlace = new Map(terms.map((term) => [`${term.i},${term.j}`, term]));
    kernelGrid.update(
      kernel.map((values, i) =>
        values.map((value, j) => ({ value, classes: ["weight", linked(byPlace.get(`${i},${j}`)) && "linked"] })),
      ),
      chosen.grid === "kernel" ? usedKernel(chosen.row, chosen.column) : [0, 0],
    );
    outputGrid.element.hidden = !output;
    if (output)
      outputGrid.update(
        output.map((values, r) =>
          values.map((value, c) => {
            const [now, shown] = [r === row && c === column, r * outWidth + c <= state.at];
            return { text: shown ? number(value) : "?", note: [!shown && "not yet shown"], classes: [now && "now", !shown && "later"] };
          }),
        ),
        [row, column],
      );

    const names = { input: "Input", kernel: state.flip ? "Kernel before the flip" : "Kernel" };
    editor.update(`${names[chosen.grid]}: row ${chosen.row}, column ${chosen.column}`, state[chosen.grid][chosen.row][chosen.column]);
    problem.textContent = facts.why ?? "";
    problem.hidden = !facts.why;
    const steps = outHeight * outWidth;
    time.update(
      output
        ? { value: state.at, max: steps - 1, text: `output row ${row}, column ${column}: ${state.at + 1} of ${steps}` }
        : { value: 0, max: 0, text: "no output", disabled: true },
    );
    equation.setAttribute("aria-live", time.playing ? "off" : "polite");
    equation.replaceChildren();
    if (output) {
      equation.append(`Output row ${row}, column ${column}, as weight×pixel: `);
      terms.forEach((term, index) => {
        const isPadding = !(term.row - state.padding in state.input && term.column - state.padding in state.input[0]);
        const classes = ["term", isPadding && "pad", linked(term) && "linked"].filter(Boolean).join(" ");
        equation.append(index ? " + " : "", h("span", { class: classes }, product(term)));
      });
      equation.append(" = ", h("strong", {}, number(output[row][column])));
    }
    const sameSides = facts.height === facts.width && facts.kernelHeight === facts.kernelWidth;
    const losses = [lastOnes(lost[0], "row"), lastOnes(lost[1], "column")].filter(Boolean).join(" and ");
    sizes.replaceChildren(
      sameSides ? "Height and width: " : "Height: ",
      "⌊(I + 2P \u2212 D(K \u2212 1) \u2212 1)/S⌋ + 1",
      h("br"),
      "= ",
      sizeFormula(facts.height, facts.kernelHeight, state),
      sameSides ? "." : `. Width: ${sizeFormula(facts.width, facts.kernelWidth, state)}.`,
      output && losses ? ` The floor drops ${losses} (hatched): no window reaches them.` : "",
    );
    const line = call("F.conv2d", ["x", state.flip ? "w.flip(-2, -1)" : "w"], {
      stride: [state.stride, 1],
      padding: [state.padding, 0],
      dilation: [state.dilation, 1],
    });
    python.update(
      `import torch\nimport torch.nn.functional as F\n\nx = ${tensor(state.input)}\nw = ${tensor(state.kernel)}\n${line}`,
    );
    const next = state.at + 1;
    const more = output && next < steps && !time.playing;
    question.ask(
      more ? `Predict the next output, row ${Math.floor(next / outWidth)}, column ${next % outWidth}:` : null);
    for (const name of ["input", "kernel"]) root.dataset[name] = formatMatrix(state[name]);
    for (const name of ["stride", "padding", "dilation", "flip", "at"]) root.dataset[name] = state[name];
  }

  const figure = h(
    "div",
    { class: "cnn-figure", role: "group", "aria-label": "Convolution, step by step" },
    settings,
    problem,
    h("div", { class: "cnn-grids" }, inputGrid.element, kernelGrid.element, outputGrid.element),
    time.element,
    equation,
    question.element,
    h("p", { class: "cnn-hint" }, "Choose a cell of the input or the kernel and type a digit, or use the field:"),
    editor.element,
    sizes,
    python.element,
  );
  render();
  return figure;
}
