// Small pieces of page that every figure uses.

/** Make an element: h("p", { class: "note" }, "text", child). A function is an event listener. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

let made = 0;
export const uniqueId = (name) => `cnn-${name}-${++made}`;

export const button = (label, onPress, attributes = {}) =>
  h("button", { type: "button", class: "cnn-button", click: onPress, ...attributes }, label);

/** A drop-down list; options are [value, text] pairs. */
export function select(label, options, value, onChange) {
  const list = h("select", { change: () => onChange(list.value) });
  list.append(...options.map(([v, text]) => h("option", { value: v }, text)));
  list.value = value;
  return { element: h("label", { class: "cnn-field" }, h("span", {}, label), list), input: list };
}

/** A field for an integer; calls back only with integers within the limits, and falls back to the last good one. */
export function integerField(label, { min, max }, value, onChange) {
  const input = h("input", { type: "number", inputmode: "numeric", min, max, step: 1, value });
  input.addEventListener("change", () => {
    const typed = input.valueAsNumber;
    onChange(Number.isFinite(typed) ? Math.min(max, Math.max(min, Math.round(typed))) : min);
  });
  return { element: h("label", { class: "cnn-field" }, h("span", {}, label), input), input };
}

export function checkbox(label, checked, onChange) {
  const input = h("input", { type: "checkbox", change: () => onChange(input.checked) });
  input.checked = checked;
  return { element: h("label", { class: "cnn-check" }, input, h("span", {}, label)), input };
}

/** A field for integers between − and + buttons, for fingers. */
export function spinner({ min, max }, onChange) {
  const input = h("input", { type: "number", inputmode: "numeric", min, max, step: 1, id: uniqueId("value") });
  const label = h("label", { for: input.id });
  const set = (value) => onChange(Math.min(max, Math.max(min, Math.round(value))));
  input.addEventListener("change", () => set(Number.isFinite(input.valueAsNumber) ? input.valueAsNumber : 0));
  const less = button("\u2212", () => set(input.valueAsNumber - 1), { "aria-label": "One less" });
  const more = button("+", () => set(input.valueAsNumber + 1), { "aria-label": "One more" });
  return {
    element: h("div", { class: "cnn-field" }, label, h("div", { class: "cnn-row" }, less, input, more)),
    update(text, value) {
      label.textContent = text;
      input.value = value;
    },
  };
}

/** What is folded away until the reader asks for it. */
export const fold = (title, ...children) => h("details", { class: "cnn-fold" }, h("summary", {}, title), ...children);

/** PyTorch code with a button that copies it. */
export function code() {
  const text = h("code", {});
  const block = h("pre", {}, text);
  const said = h("span", { role: "status" });
  const copy = button("Copy", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      said.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(text); // no permission: leave it selected for the reader to copy
      said.textContent = "Selected: copy it with your keyboard.";
    }
  });
  return {
    element: h("div", { class: "cnn-code" }, block, h("div", { class: "cnn-row" }, copy, said)),
    update(lines) {
      if (text.textContent !== lines) said.textContent = "";
      text.textContent = lines;
    },
  };
}

/** Time as a native slider with Previous, Play and Next. Nothing moves before the reader presses Play. */
export function stepper(onChange, label = "Step") {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const range = h("input", { type: "range", min: 0, step: 1, "aria-label": label, input: () => go(range.valueAsNumber) });
  const [back, play, next] = [
    button("Previous", () => go(range.valueAsNumber - 1)),
    button("Play", () => (timer ? stop() : start())),
    button("Next", () => go(range.valueAsNumber + 1)),
  ];
  let timer = null;
  const figure = { playing: false };
  const go = (value) => {
    stop();
    if (!range.disabled) onChange(Math.min(Number(range.max), Math.max(0, value)));
  };
  const stop = () => {
    if (!timer) return;
    clearInterval(timer);
    timer = null;
    figure.playing = false;
    play.textContent = "Play";
    onChange(range.valueAsNumber); // now the figure may speak again
  };
  const start = () => {
    figure.playing = true;
    play.textContent = "Pause";
    const first = range.value === range.max ? 0 : range.valueAsNumber + 1;
    timer = setInterval(() => (range.value === range.max ? stop() : onChange(range.valueAsNumber + 1)), 1000);
    onChange(first);
  };
  const followMotion = () => {
    play.hidden = still.matches; // steps only, one press each
    if (still.matches) stop();
  };
  still.addEventListener("change", followMotion);
  followMotion();
  figure.element = h("div", { class: "cnn-stepper" }, range, h("div", { class: "cnn-row" }, back, play, next));
  figure.stop = stop;
  figure.update = ({ value, max, text, disabled }) => {
    range.max = max;
    range.value = value;
    range.setAttribute("aria-valuetext", text);
    for (const control of [range, play]) control.disabled = disabled;
    // A disabled button loses the focus, so the ends of the way only say that they are ends.
    back.setAttribute("aria-disabled", disabled || value <= 0);
    next.setAttribute("aria-disabled", disabled || value >= max);
  };
  return figure;
}
