// Draws a filter bank: one row for each filter (output channel), one column for each input channel.
const SIDE = 280;
const NAMESPACE = "http://www.w3.org/2000/svg";

function s(tag, attributes, text) {
  const element = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  return element;
}

/** Lines of a k × k kernel inside the square at (x, y). */
function kernelLines(x, y, side, k) {
  const lines = [];
  for (let i = 1; i < k; i++) {
    const at = (side * i) / k;
    lines.push(`M${x + at} ${y}v${side}M${x} ${y + at}h${side}`);
  }
  return s("path", { d: lines.join(""), class: "inner" });
}

/**
 * An SVG of weight (outChannels, inChannels / groups, k, k): a filled square is a kernel, an empty place is an input
 * that the filter does not read. `largest` channels fill the side, so that two drawings can share a scale.
 */
export function bank({ inChannels, outChannels, kernelSize, groups }, title, largest) {
  const cell = Math.min(40, SIDE / largest);
  const [left, top] = [26, 26];
  const [width, height] = [inChannels * cell, outChannels * cell];
  const svg = s("svg", {
    viewBox: `0 0 ${left + Math.max(width, 150) + 2} ${top + height + 2}`,
    width: left + Math.max(width, 150) + 2,
    role: "img",
    class: "cnn-bank",
    "aria-label":
      `${title}: ${outChannels} filters (rows) by ${inChannels} input channels (columns), kernels of ` +
      `${kernelSize} by ${kernelSize}; each filter reads ${inChannels / groups} of the input channels` +
      (groups > 1 ? `, in ${groups} groups.` : "."),
  });
  svg.append(
    s("text", { x: left, y: 16 }, "input channels →"),
    s("text", { x: -top, y: 14, transform: "rotate(-90)", "text-anchor": "end" }, "filters"),
  );
  const [inputs, outputs] = [inChannels / groups, outChannels / groups];
  const detailed = cell >= 7; // below that the kernels of a group run together
  svg.append(s("rect", { x: left, y: top, width, height, class: "none" }));
  for (let g = 0; g < groups; g++) {
    const [x, y] = [left + g * inputs * cell, top + g * outputs * cell];
    const kind = g % 2 ? "odd" : "even";
    if (!detailed) {
      svg.append(s("rect", { x, y, width: inputs * cell, height: outputs * cell, class: `block ${kind}` }));
      continue;
    }
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++) {
        const gap = cell >= 14 ? 2 : 1;
        const [kx, ky, side] = [x + i * cell + gap, y + o * cell + gap, cell - 2 * gap];
        svg.append(s("rect", { x: kx, y: ky, width: side, height: side, class: `kernel ${kind}` }));
        if (kernelSize > 1 && side / kernelSize >= 3) svg.append(kernelLines(kx, ky, side, kernelSize));
      }
  }
  return svg;
}
