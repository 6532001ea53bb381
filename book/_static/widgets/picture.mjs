// A picture of numbers with a probe on it, moved by pointer or arrow keys; optionally a pad to draw on.
import { h } from "./dom.mjs";

// Dark to light from negative to positive, so that the sign shows without color: [r, g, b] at -1, 0 and +1.
const SIGNED = [[8, 24, 66], [128, 128, 128], [255, 240, 190]];

/** The color of `value` between `low` and `high`; `signed` puts 0 at middle gray. */
export function color(value, { low, high, signed }) {
  const part = Math.min(1, Math.max(0, (value - low) / (high - low)));
  if (!signed) return [255 * part, 255 * part, 255 * part].map(Math.round);
  const [from, to, along] = part < 0.5 ? [SIGNED[0], SIGNED[1], part * 2] : [SIGNED[1], SIGNED[2], part * 2 - 1];
  return from.map((channel, i) => Math.round(channel + (to[i] - channel) * along));
}

export function picture({ label, describedBy, onMove, onDraw, read }) {
  const canvas = h("canvas", { width: 1, height: 1, "aria-hidden": "true" });
  const probe = h("div", { class: "cnn-probe" });
  const frame = h(
    "div",
    { class: "cnn-picture", tabindex: 0, role: "application", "aria-label": label, "aria-describedby": describedBy },
    canvas,
    probe,
  );
  let [n, row, column, drawable] = [1, 0, 0, false];
  let ink = null; // what the pointer paints while it is down

  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 10 : 1;
    if (steps[event.key]) onMove(row + far * steps[event.key][0], column + far * steps[event.key][1]);
    else if (drawable && (event.key === " " || event.key === "Enter")) onDraw(row, column, 1 - read(row, column));
    else return;
    event.preventDefault();
  });

  const pixel = (event) => {
    const box = canvas.getBoundingClientRect();
    const along = (part) => Math.min(n - 1, Math.max(0, Math.floor(part * n)));
    return [along((event.clientY - box.top) / box.height), along((event.clientX - box.left) / box.width)];
  };
  const follow = (event) => {
    const [r, c] = pixel(event);
    if (drawable) onDraw(r, c, (ink ??= 1 - read(r, c)));
    else onMove(r, c);
  };
  frame.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    frame.setPointerCapture(event.pointerId);
    ink = null;
    follow(event);
  });
  frame.addEventListener("pointermove", (event) => {
    if (frame.hasPointerCapture(event.pointerId)) follow(event);
  });

  return {
    element: h("figure", { class: "cnn-panel" }, h("figcaption", {}, label), frame),
    /** Draw `values` (n × n) and put the probe, `size` pixels wide, around (atRow, atColumn). */
    show(values, range, atRow, atColumn, size, isDrawable) {
      [n, row, column, drawable] = [values.length, atRow, atColumn, isDrawable];
      if (canvas.width !== n) canvas.width = canvas.height = n;
      const context = canvas.getContext("2d");
      const image = context.createImageData(n, n);
      values.flat().forEach((value, i) => image.data.set([...color(value, range), 255], 4 * i));
      context.putImageData(image, 0, 0);
      frame.classList.toggle("drawable", isDrawable);
      const half = (size - 1) / 2;
      for (const [side, start] of [["top", atRow], ["left", atColumn]]) probe.style[side] = `${((start - half) / n) * 100}%`;
      probe.style.width = probe.style.height = `${(size / n) * 100}%`;
    },
  };
}
