// Draws a stack of 1-D layers: the output on top, the input at the bottom, every unit above the middle of its field.
import { h } from "./dom.mjs";
import { isInside, taps } from "./stack.mjs";
import { number } from "./text.mjs";

const NAMESPACE = "http://www.w3.org/2000/svg";
const percent = (part) => `${100 * part}%`;

function s(tag, attributes) {
  const element = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** A strip as wide as the rows, whatever their width: x in pixels of the input from `low` to `high`, y from 0 to 1. */
function strip(name, [low, high], ...shapes) {
  const box = `${low} 0 ${high - low} 1`;
  const svg = s("svg", { viewBox: box, preserveAspectRatio: "none", class: `cnn-strip ${name}`, "aria-hidden": "true" });
  svg.append(...shapes);
  return svg;
}

/**
 * Show `layers` with rows of `sizes` units and their `places` (fields of stack.mjs). `traced` holds a Map from place to
 * number of paths for each row, or is null before the reveal. `onChoose(unit)` runs on a press on an output unit.
 */
export function drawStack({ layers, sizes, places, traced, unit, counts, onChoose }) {
  const middle = (l, place) => places[l].start + place * places[l].jump + places[l].size / 2;
  const rows = sizes.map((size, l) => {
    const padding = layers[l]?.padding ?? 0;
    return Array.from({ length: size + 2 * padding }, (_, i) => i - padding);
  });
  const ends = rows.flatMap((row, l) => [middle(l, row[0]) - 0.5, middle(l, row.at(-1)) + 0.5]);
  const range = [Math.min(...ends), Math.max(...ends)];
  const width = range[1] - range[0];

  const drawRow = (l) => {
    const isOutput = l === layers.length;
    const cells = rows[l].map((place) => {
      const paths = traced?.[l].get(place) ?? 0;
      const classes = [
        "cnn-unit",
        !isInside(place, sizes[l]) && "pad",
        isOutput && place === unit ? "now" : paths > 0 && "tap",
      ];
      // On a narrow screen the numbers are left out; the line below has those of the input.
      const text = h("span", {}, paths > 0 && paths < 1000 && isInside(place, sizes[l]) ? number(paths) : "");
      const cell = h("div", { class: classes.filter(Boolean).join(" ") }, text);
      cell.style.left = percent((middle(l, place) - 0.5 - range[0]) / width);
      cell.style.width = percent(1 / width);
      if (isOutput) cell.addEventListener("click", () => onChoose(place));
      return cell;
    });
    return h("div", { class: `cnn-units${isOutput ? " output" : ""}` }, ...cells);
  };
  const drawLines = (l) => {
    const lines = [...(traced?.[l].keys() ?? [])]
      .filter((place) => isInside(place, sizes[l]))
      .flatMap((place) => taps(layers[l - 1], place).map((tap) => `M${middle(l, place)} 0L${middle(l - 1, tap)} 1`));
    return strip("lines", range, s("path", { d: lines.join(""), "vector-effect": "non-scaling-stroke" }));
  };
  // Names stand where the fewest lines are: on the side away from the unit.
  const isLeft = middle(layers.length, unit) < (range[0] + range[1]) / 2;
  const name = (l) => h("div", { class: `cnn-row-name${isLeft ? " right" : ""}` }, l ? `layer ${l}` : "input");

  const parts = [name(layers.length), drawRow(layers.length)];
  for (let l = layers.length; l > 0; l--)
    parts.push(h("div", { class: "cnn-between" }, drawLines(l), name(l - 1)), drawRow(l - 1));
  if (traced) {
    const most = Math.max(...counts) || 1;
    const bars = counts.map((count, i) => s("rect", { x: i + 0.08, y: 0, width: 0.84, height: count / most }));
    const { start, jump, size } = places.at(-1);
    const from = start + unit * jump;
    const ends = [from, from + size].map((x) => `M${x} 0V1`);
    const line = s("path", { d: `M${from} 0.5H${from + size}${ends.join("")}`, "vector-effect": "non-scaling-stroke" });
    parts.push(strip("bars", range, ...bars), strip("span", range, line));
  }
  return parts;
}

/**
 * Draw the same stack in two directions: each pixel of an n × n image as dark as its number of paths, and the square of
 * the theoretical field, `from` to `from + size` in both directions.
 */
export function drawSquare(counts, from, size, label) {
  const [n, margin] = [counts.length, 1.5];
  const side = n + 2 * margin;
  const svg = s("svg", { viewBox: `${-margin} ${-margin} ${side} ${side}`, role: "img", class: "cnn-square", "aria-label": label });
  const most = Math.max(...counts) ** 2 || 1;
  for (let r = 0; r < n; r++)
    for (let c = 0; c < n; c++) {
      const paths = counts[r] * counts[c];
      const pixel = s("rect", { x: c, y: r, width: 1, height: 1, class: paths ? "pixel read" : "pixel" });
      pixel.style.fillOpacity = paths / most;
      svg.append(pixel);
    }
  svg.append(s("rect", { x: from, y: from, width: size, height: size, class: "field" }));
  return svg;
}
