// Turns <div class="cnn-widget" data-cnn-widget="name"> into a live figure when it comes near the screen.
// The text inside stays as it is when a module cannot be loaded or cannot read the element's attributes.
const start = async (root) => {
  const name = root.dataset.cnnWidget;
  try {
    if (!/^[a-z-]+$/.test(name)) throw new Error(`"${name}" is not the name of a figure`);
    const { default: build } = await import(`./${name}.mjs`); // relative to this file, without its ?v=…
    const figure = build(root);
    root.replaceChildren(figure);
    root.dataset.live = "true";
  } catch (error) {
    console.warn(`Figure "${name}" stays as text: ${error.message}`);
  }
};

const figures = document.querySelectorAll("[data-cnn-widget]");
if ("IntersectionObserver" in window) {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        start(target);
      }
    },
    { rootMargin: "400px" },
  );
  for (const figure of figures) observer.observe(figure);
} else {
  figures.forEach(start);
}
