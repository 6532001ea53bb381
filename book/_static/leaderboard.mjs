// Lets readers sort the leaderboard's tables: each head becomes a button that sorts by its column, then the
// other way round, then puts the rows back as they were. Without this script the tables stay in that order.
const letters = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

const value = (row, column) => row.cells[column].dataset.value;

/** Compare two cells' values; what has none goes last, whichever way the column is sorted. */
export function compare(one, other, direction) {
  if (one === undefined || other === undefined) return (one === undefined) - (other === undefined);
  const numbers = one !== "" && other !== "" && !isNaN(one) && !isNaN(other);
  const order = numbers ? one - other : letters.compare(one, other);
  return direction === "descending" ? -order : order;
}

/** Return what a press makes of the present direction: the column's first one, the other one, none. */
export function next(present, first) {
  const second = first === "ascending" ? "descending" : "ascending";
  return { none: first, [first]: second, [second]: "none" }[present];
}

function makeSortable(table, told) {
  const body = table.tBodies[0];
  const original = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const sort = (column) => {
    const head = heads[column];
    const direction = next(head.getAttribute("aria-sort") ?? "none", head.dataset.first ?? "ascending");
    for (const other of heads) other.removeAttribute("aria-sort");
    if (direction !== "none") head.setAttribute("aria-sort", direction);
    const rows = [...original]; // sorting is stable, so equal values keep the board's order
    if (direction !== "none") rows.sort((a, b) => compare(value(a, column), value(b, column), direction));
    body.append(...rows);
    const name = head.textContent;
    told.textContent = direction === "none" ? "The board's own order." : `Sorted by ${name}, ${direction}.`;
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(column));
    head.append(button);
  });
}

if (typeof document !== "undefined") {
  const told = document.createElement("p");
  told.setAttribute("role", "status");
  told.className = "leaderboard-told";
  document.querySelector(".bd-article")?.append(told);
  for (const table of document.querySelectorAll("table[data-sortable]")) makeSortable(table, told);
}
