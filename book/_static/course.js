// Lets the keyboard scroll wide formulas and raw tables, as the theme does for code and other tables.
const update = () => {
  for (const box of document.querySelectorAll(".math-scroll, [data-cnn-widget] > table")) {
    const scrolls = box.scrollWidth > box.clientWidth;
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
    if (box.matches(".math-scroll")) {
      if (scrolls) {
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", "Formula, scrolls sideways");
      } else {
        box.removeAttribute("role");
        box.removeAttribute("aria-label");
      }
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
