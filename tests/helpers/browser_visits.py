"""Visits to pages of the site with a real browser, and what is wrong there."""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page

# The rules of axe-core whose verdict depends on colors.
IN_THE_DARK = ["color-contrast", "link-in-text-block"]
# axe-core measures every word of code; a chapter has thousands, in a dozen colors.
KEEP_ONE_TOKEN_OF_EACH_COLOR = """() => {
    const seen = new Set();
    for (const token of document.querySelectorAll(".highlight pre span[class]")) {
        if (seen.has(token.className)) token.remove();
        seen.add(token.className);
    }
}"""


@dataclass
class Visit:
    """What was found on one page."""

    errors: list[str] = field(default_factory=list)
    other_hosts: list[str] = field(default_factory=list)
    sideways: int = 0
    images: int = 0
    broken_images: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    unreachable: list[str] = field(default_factory=list)


def open_context(browser: Browser, base: str, refused: list[str], **options: object) -> BrowserContext:
    """Open a context that reaches nothing but the site; what else a page asks for lands in `refused`."""
    context = browser.new_context(reduced_motion="reduce", **options)

    def only_the_site(route: object) -> None:
        if route.request.url.startswith(base):
            route.continue_()
        else:
            refused.append(route.request.url)
            route.abort()

    context.route("**/*", only_the_site)
    return context


def scroll_through(page: Page) -> None:
    """Bring every part into view, and wait until everything that waits for this has loaded."""
    page.evaluate(
        """async () => {
            for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
                scrollTo({ top: y, behavior: "instant" });
                // A busy machine may not draw the next frame; then time alone goes on.
                const drawn = new Promise(requestAnimationFrame);
                await Promise.race([drawn, new Promise(done => setTimeout(done, 200))]);
            }
            scrollTo({ top: 0, behavior: "instant" });
        }"""
    )
    if page.locator("[data-cnn-widget], script[type=module]").count():
        page.wait_for_load_state("networkidle")  # half a second without a request
    page.wait_for_function("[...document.images].every(image => image.complete)")


def serious_violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """Return what axe-core, which the page must have loaded, calls serious or critical."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    # A formula has the color of its paragraph, and thousands of parts.
    result = page.evaluate("options => axe.run({ exclude: ['.katex'] }, options)", options)
    return [
        f"{violation['id']}: {node['target']}"
        for violation in result["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def visit(context: BrowserContext, url: str, axe: str | None) -> Visit:
    """Open a page and collect what is wrong with it; without axe-core, nothing of what that finds."""
    found = Visit()
    page = context.new_page()
    page.on("pageerror", lambda error: found.errors.append(str(error)))
    page.on("console", lambda m: found.errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("requestfailed", lambda request: found.errors.append(f"failed: {request.url}"))

    page.on("response", lambda r: found.errors.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
    page.goto(url)
    scroll_through(page)
    found.sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    images = page.evaluate("[...document.images].map(i => [i.src, i.complete && i.naturalWidth > 0])")
    found.images = len(images)
    found.broken_images = [source for source, loaded in images if not loaded]
    found.unreachable = page.evaluate(
        """[...document.querySelectorAll(".bd-article *")]
            .filter(e => ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
            .filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0)
            .filter(e => e.tabIndex < 0 && !e.querySelector("a[href], button, input, [tabindex='0']"))
            .map(e => e.outerHTML.slice(0, 100))"""
    )
    if axe:
        page.evaluate(KEEP_ONE_TOKEN_OF_EACH_COLOR)
        page.evaluate(axe + ";0")
        found.violations = [f"light: {violation}" for violation in serious_violations(page)]
        page.emulate_media(color_scheme="dark")
        # The theme would follow by itself with the next frame, which a busy machine may never draw.
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        found.violations += [f"dark: {violation}" for violation in serious_violations(page, IN_THE_DARK)]
    page.close()
    return found
