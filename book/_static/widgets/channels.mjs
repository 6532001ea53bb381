// Figure `channels`: what a convolution layer holds and what it costs.
import { macs, parameters } from "./arithmetic.mjs";
import { bank } from "./bank.mjs";
import { button, checkbox, code, h, integerField, select } from "./dom.mjs";
import { explain, parameterMistakes } from "./mistakes.mjs";
import { predict } from "./predict.mjs";
import { conv2dLayer, integer, number } from "./text.mjs";

const LIMITS = { inChannels: 512, outChannels: 512, kernelSize: 11, groups: 512, height: 512, width: 512 };
const LABELS = {
  inChannels: "in_channels",
  outChannels: "out_channels",
  kernelSize: "kernel_size",
  groups: "groups",
  height: "Output height",
  width: "Output width",
};
// What "Ask me another" goes through.
const QUESTIONS = [
  { inChannels: 3, outChannels: 10, kernelSize: 5, groups: 1 },
  { inChannels: 8, outChannels: 8, kernelSize: 3, groups: 8 },
  { inChannels: 16, outChannels: 4, kernelSize: 1, groups: 1 },
  { inChannels: 8, outChannels: 12, kernelSize: 3, groups: 4 },
];

function readState(data) {
  const state = { revealed: false, asked: 0 };
  const usual = { inChannels: 8, outChannels: 16, kernelSize: 3, groups: 1, height: 32, width: 32 };
  for (const [name, value] of Object.entries(usual)) state[name] = integer(data[name], value, 1, LIMITS[name]);
  state.layer = data.layer ?? "convolution";
  if (!["convolution", "separable"].includes(state.layer)) throw new Error(`"${state.layer}" is not a layer`);
  state.bias = data.bias !== "false";
  return state;
}

/** One sentence where the layer cannot exist, else undefined. */
function whyImpossible({ layer, inChannels, outChannels, groups }) {
  if (layer === "separable") return undefined;
  const not = [["in_channels", inChannels], ["out_channels", outChannels]].filter(([, n]) => n % groups);
  if (!not.length) return undefined;
  const said = not.map(([name, n]) => `${name}=${n}`).join(" and ");
  return `groups=${groups} does not divide ${said}: each group takes an equal share of both, so choose a divisor.`;
}

/** The layers to show: [name, settings of torch.nn.Conv2d]. */
function layersOf(state) {
  const { inChannels, outChannels, kernelSize, groups, bias } = state;
  if (state.layer === "convolution") return [["Convolution", { inChannels, outChannels, kernelSize, groups, bias }]];
  return [
    ["Depthwise", { inChannels, outChannels: inChannels, kernelSize, groups: inChannels, bias }],
    ["Pointwise (1×1)", { inChannels, outChannels, kernelSize: 1, groups: 1, bias }],
  ];
}

const parametersOf = (layers) => layers.reduce((total, [, layer]) => total + parameters(layer).total, 0);

export default function channels(root) {
  const state = readState(root.dataset);
  const change = (changes) => {
    Object.assign(state, changes);
    render();
  };
  const layer = select(
    "Layer",
    [["convolution", "convolution"], ["separable", "depthwise-separable pair"]],
    state.layer,
    (value) => change({ layer: value, ...(value === "separable" && { groups: 1 }) }),
  );
  const fields = Object.keys(LABELS).map((name) => [
    name,
    integerField(LABELS[name], { min: 1, max: LIMITS[name] }, state[name], (value) => change({ [name]: value })),
  ]);
  const bias = checkbox("bias", state.bias, (checked) => change({ bias: checked }));
  const presets = h(
    "div",
    { class: "cnn-row", role: "group", "aria-label": "Examples" },
    button("Full", () => change({ layer: "convolution", kernelSize: 3, groups: 1 })),
    button("1×1", () => change({ layer: "convolution", kernelSize: 1, groups: 1 })),
    button("Depthwise", () => {
      change({ layer: "convolution", kernelSize: 3, groups: state.inChannels, outChannels: state.inChannels });
    }),
    button("Separable", () => change({ layer: "separable", kernelSize: 3, groups: 1 })),
  );
  const problem = h("p", { class: "cnn-problem", role: "alert" });
  const drawings = h("div", { class: "cnn-grids" });
  const counts = h("div", { "aria-live": "polite", class: "cnn-counts" });
  const python = code();
  const question = predict({
    onReveal: () => {
      change({ revealed: true });
      again.focus(); // the button that was pressed is gone
    },
    judge(answer) {
      const layers = layersOf(state);
      const total = parametersOf(layers);
      if (answer === total) {
        change({ revealed: true });
        return { right: true, text: `${number(total)} parameters: compare with the count below.` };
      }
      const known = layers.length === 1 ? explain(parameterMistakes(layers[0][1]), answer) : undefined;
      const general =
        layers.length === 1
          ? "Count filters, then kernels in a filter, then weights in a kernel, then the biases."
          : "Count the two layers apart, then add.";
      return { right: false, text: `${known ?? general} Try again, or press “Show me”.` };
    },
  });
  const again = button("Ask me another", () => {
    change({ layer: "convolution", bias: true, ...QUESTIONS[state.asked % QUESTIONS.length], asked: state.asked + 1, revealed: false });
    question.focus();
  });

  function describe([name, settings]) {
    const { inChannels, outChannels, kernelSize: k, groups } = settings;
    const { biases, total } = parameters(settings);
    const reads = inChannels / groups;
    const show = (text) => (state.revealed ? text : "?");
    const weight = `${outChannels}×${reads}×${k}×${k}`;
    const item = (term, ...parts) => h("li", {}, `${term}: `, ...parts);
    return h(
      "div",
      {},
      h("p", {}, h("strong", {}, name)),
      h(
        "ul",
        {},
        item("Weight shape (C_out, C_in/groups, k, k)", `(${outChannels}, ${inChannels}/${groups}, ${k}, ${k}) = (${outChannels}, ${reads}, ${k}, ${k})`),
        item(
          settings.bias ? "Parameters C_out×(C_in/groups)×k×k + C_out" : "Parameters C_out×(C_in/groups)×k×k",
          state.revealed ? `${weight}${settings.bias ? ` + ${biases}` : ""} = ` : "",
          h("strong", {}, show(number(total))),
        ),
        item(
          "MACs H×W×C_out×(C_in/groups)×k×k",
          state.revealed ? `${state.height}×${state.width}×${weight} = ` : "",
          h("strong", {}, show(number(macs(settings, state.height, state.width)))),
        ),
        item("Each weight is used", `${state.height}×${state.width} = ${number(state.height * state.width)} times for one input`),
      ),
    );
  }

  function render() {
    const why = whyImpossible(state);
    const separable = state.layer === "separable";
    layer.input.value = state.layer;
    for (const [name, { input }] of fields) {
      input.value = state[name];
      input.disabled = name === "groups" && separable;
    }
    bias.input.checked = state.bias;
    problem.textContent = why ?? "";
    problem.hidden = !why;
    for (const part of [drawings, counts, python.element]) part.hidden = Boolean(why);
    again.hidden = !state.revealed || Boolean(why);
    if (why) {
      question.ask(null);
    } else {
      const layers = layersOf(state);
      const largest = Math.max(state.inChannels, state.outChannels);
      drawings.replaceChildren(
        ...layers.map(([name, settings]) =>
          h("figure", { class: "cnn-panel" }, h("figcaption", {}, name), bank(settings, name, largest)),
        ),
      );
      const { inChannels, outChannels, kernelSize: k } = state;
      const full = { inChannels, outChannels, kernelSize: k, groups: 1, bias: false };
      const pair = layersOf({ ...state, layer: "separable" }).map(([, settings]) => parameters(settings).weights);
      const [few, many] = [pair[0] + pair[1], parameters(full).weights];
      const ratio = (few / many).toFixed(3);
      const sums = separable
        ? h("p", {}, "Together: ", h("strong", {}, state.revealed ? `${number(parametersOf(layers))} parameters` : "? parameters"),
            state.revealed ? `, ${number(layers.reduce((n, [, l]) => n + macs(l, state.height, state.width), 0))} MACs.` : ".")
        : null;
      counts.replaceChildren(
        ...layers.map(describe),
        ...(sums ? [sums] : []),
        h(
          "p",
          { hidden: !state.revealed },
          "Depthwise-separable pair against the full convolution, in weights (without biases) and in MACs: ",
          `(C_in×k×k + C_in×C_out) / (C_out×C_in×k×k) = 1/C_out + 1/k² = 1/${outChannels} + 1/${k}² = `,
          `${number(few)}/${number(many)} = `,
          h("strong", {}, ratio),
          few > many ? ": here the pair is larger." : ".",
        ),
      );
      python.update(
        separable
          ? `nn.Sequential(\n${layers.map(([, settings]) => `    ${conv2dLayer(settings)},\n`).join("")})`
          : conv2dLayer(layers[0][1]),
      );
      const asked = separable ? "this pair of layers" : "this layer";
      question.ask(
        state.revealed ? null : `Predict: how many parameters does ${asked} have${state.bias ? ", biases included" : ""}?`);
    }
    for (const name of [...Object.keys(LABELS), "layer", "bias"]) root.dataset[name] = state[name];
  }

  const figure = h(
    "div",
    { class: "cnn-figure", role: "group", "aria-label": "Channels, parameters and cost" },
    h("div", { class: "cnn-settings" }, layer.element, ...fields.map(([, field]) => field.element), bias.element),
    presets,
    problem,
    h(
      "p",
      { class: "cnn-note" },
      "A row is a filter: it makes one output channel. A square is a kernel of k×k weights. Where a row is empty, the " +
        "filter does not read that input channel. Neighboring groups differ in color and line.",
    ),
    question.element,
    h("div", { class: "cnn-grids" }, drawings, counts),
    h("div", { class: "cnn-row" }, again),
    python.element,
  );
  render();
  return figure;
}
