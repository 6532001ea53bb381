// A grid of numbers. One cell is in the tab order; arrow keys, Home and End move between the cells that can be chosen.
import { h } from "./dom.mjs";
import { number } from "./text.mjs";

/**
 * Make a grid. `onChoose(row, column)` runs when the reader picks a cell; `onType(row, column, change)` when a key
 * asks for another value, with change(oldValue) -> newValue. Without `onType` the numbers are read-only.
 */
export function grid(label, { onChoose, onType }) {
  const body = h("tbody", { role: "rowgroup" });
  const caption = h("caption", {}, label);
  const table = h("table", { role: "grid", class: "cnn-grid", "aria-readonly": onType ? "false" : "true" }, caption, body);
  const scroller = h("div", { class: "cnn-grid-box" }, table);
  let cells = [];
  let size = "";

  const place = (cell) => [cell.parentElement.rowIndex, cell.cellIndex];
  const choose = (row, column, focus = true) => {
    const cell = cells[row]?.[column];
    if (!cell || cell.dataset.fixed) return false;
    onChoose(row, column);
    if (focus) cells[row][column].focus();
    return true;
  };

  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const [row, column] = place(cell);
    let used = true;
    if (steps[event.key]) {
      choose(row + steps[event.key][0], column + steps[event.key][1]);
    } else if (event.key === "Home" || event.key === "End") {
      const columns = cells[row].map((_, index) => index).filter((index) => !cells[row][index].dataset.fixed);
      choose(row, event.key === "Home" ? columns[0] : columns.at(-1));
    } else if (event.key === "Enter" || event.key === " ") {
      choose(row, column);
    } else if (onType && /^[0-9]$/.test(event.key)) {
      onType(row, column, (old) => (old < 0 || Object.is(old, -0) ? -1 : 1) * Number(event.key));
    } else if (onType && event.key === "-") {
      onType(row, column, (old) => -old);
    } else if (onType && (event.key === "Backspace" || event.key === "Delete")) {
      onType(row, column, () => 0);
    } else {
      used = false;
    }
    if (used) event.preventDefault();
  });
  table.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (cell) choose(...place(cell));
  });

  return {
    element: scroller,
    setLabel: (text) => (caption.textContent = text),
    /** Show rows of { value, text, note, corner, classes, fixed }; `current` is the [row, column] in the tab order. */
    update(rows, current) {
      const wanted = `${rows.length}×${rows[0]?.length ?? 0}`;
      if (wanted !== size) {
        cells = rows.map((row) => row.map(() => h("td", { role: "gridcell" })));
        body.replaceChildren(...cells.map((row) => h("tr", { role: "row" }, ...row)));
        scroller.style.setProperty("--columns", rows[0]?.length ?? 1);
        scroller.classList.toggle("wide", rows[0]?.length > 8);
        size = wanted;
      }
      rows.forEach((row, r) =>
        row.forEach(({ value, text = number(value), note, corner, classes = [], fixed }, c) => {
          const cell = cells[r][c];
          const here = r === current?.[0] && c === current?.[1];
          cell.className = classes.filter(Boolean).join(" ");
          cell.textContent = text;
          if (corner) cell.dataset.corner = corner;
          else delete cell.dataset.corner;
          cell.setAttribute("aria-label", [text, ...(note ?? [])].filter(Boolean).join(", "));
          if (fixed) {
            cell.dataset.fixed = "true";
            cell.removeAttribute("tabindex");
            cell.removeAttribute("aria-selected");
          } else {
            delete cell.dataset.fixed;
            cell.tabIndex = here ? 0 : -1;
            cell.setAttribute("aria-selected", here);
          }
        }),
      );
    },
  };
}
