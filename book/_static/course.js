// Lets the keyboard scroll wide formulas, as the theme does for code and tables.
const update = () => {
  for (const box of document.querySelectorAll(".math-scroll")) {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", "Formula, scrolls sideways");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  }
};

update();
document.fonts?.ready.then(update);
addEventListener("resize", update);
// A formula inside a closed answer has no width yet.
document.addEventListener("toggle", update, true);

// The theme takes the focus off its buttons after a press, which sends the keyboard back to the page's start.
for (const button of document.querySelectorAll(
  ".theme-switch-button, .search-button, .primary-toggle, .secondary-toggle",
)) {
  button.blur = () => {
    if (!button.matches(":focus-visible")) HTMLElement.prototype.blur.call(button);
  };
}
