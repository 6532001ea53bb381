"""What every page of the site gets: a description, scripts that do not block, links to the repository.

The links (Colab, repository, sitemap, canonical addresses) appear only when the address is known.
"""

import re
from html import escape
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape as escape_xml

from docutils import nodes
from myst_nb.sphinx_ext import add_global_html_resources
from repository import repository_url, site_url, student_reference, term
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError

# Search engines cut longer descriptions.
_LONGEST_DESCRIPTION = 200
_ICON = re.compile(r"\bfa-[\w-]+")
_ICON_RULE = re.compile(r'(?<=\})(?:\.fa-[\w-]+:{1,2}before,?)+\{content:"[^"]*"\}')


def copy_notebook_style(app: Sphinx) -> None:
    """Copy MyST-NB's style sheet before pages are written, not after.

    Its checksum is then in the first build's pages as in the second's, so equal sources give equal sites.
    """
    (Path(app.outdir) / "_static").mkdir(parents=True, exist_ok=True)
    add_global_html_resources(app, None)


def link_to_repository(app: Sphinx, config: Config) -> None:
    """Switch on what needs the repository's address, when it is known."""
    try:
        repository, frozen = repository_url(), term()
    except ValueError as error:
        raise ConfigError(str(error)) from None
    # Made anew, so that Sphinx sees a change of address and writes all pages again.
    options = dict(config.html_theme_options)
    if repository is None:
        options["launch_buttons"] = {}
        options["repository_url"] = ""
    else:
        options["launch_buttons"] = {"colab_url": "https://colab.research.google.com"}
        options["repository_url"] = repository
        options["repository_branch"] = student_reference(frozen)
        options["use_repository_button"] = True
        config.html_baseurl = site_url(repository, frozen)
    config.html_theme_options = options


def describe(doctree: nodes.document | None) -> str:
    """Return the first words of a page as plain text, at most 200 characters, cut at a sentence or a word."""
    if doctree is None:
        return ""
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        plain = isinstance(paragraph.parent, nodes.section) and not list(paragraph.findall(nodes.math))
        if not plain or len(text) < 40:
            continue
        if len(text) <= _LONGEST_DESCRIPTION:
            return text
        start = text[:_LONGEST_DESCRIPTION]
        end = start.rfind(". ")
        return start[: end + 1] if end >= 40 else start[: start.rfind(" ")] + " …"
    return ""


def add_to_head(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Add the description and, when the site's address is known, what link previews read."""
    title = context.get("title") or "Search"
    tags = [context.get("metatags", "")]
    if 'name="description"' not in tags[0]:
        given = (context.get("meta") or {}).get(
            "description"
        )  # in a page's front matter or notebook metadata
        text = given or describe(doctree) or f"{title}: {app.config.html_title}"
        tags.append(f'<meta name="description" content="{escape(text)}" />')
        if app.config.html_baseurl:
            page = app.config.html_baseurl + app.builder.get_target_uri(pagename)
            properties = {
                "og:type": "website",
                "og:site_name": app.config.html_title,
                "og:title": nodes.Text(title).astext(),
                "og:description": text,
                "og:url": page,
            }
            tags += [f'<meta property="{k}" content="{escape(v)}" />' for k, v in properties.items()]
    context["metatags"] = "\n".join(tags)

    if "data-cnn-widget" in context.get("body", ""):
        app.add_css_file("widgets/widgets.css")
        app.add_js_file("widgets/boot.mjs", type="module")
    if "data-leaderboard" in context.get("body", ""):
        app.add_css_file("leaderboard.css")
        app.add_js_file("leaderboard.mjs", type="module")


def defer_scripts(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Let the page appear before its scripts run; they keep their order."""
    if pagename == "search":  # its template loads scripts that need the others at once
        return
    for index, script in enumerate(context["script_files"]):
        # Inline scripts cannot wait, and they use the options.
        if script.filename and not str(script.filename).endswith("documentation_options.js"):
            attributes = {"defer": "defer", **script.attributes}
            context["script_files"][index] = type(script)(
                script.filename, priority=script.priority, **attributes
            )


def correct_roles(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Correct what extensions tell screen readers."""
    if "body" in context:
        context["body"] = (
            context["body"]
            # MyST-NB: a label that hides the visible words "Show code cell source".
            .replace(' aria-label="Toggle hidden content"', "")
            # docutils: the entries of a list whose role is "list".
            .replace('role="doc-biblioentry"', 'role="listitem"')
        )


def simplify_header_buttons(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Show "Colab" itself, not in a menu that holds nothing else, and load no font for the one brand icon."""
    buttons = []
    for button in context["header_buttons"]:
        if button.get("label") == "launch-buttons":
            button = {
                **button["buttons"][0],
                "icon": None,
                "tooltip": "Open in Google Colab",
                "label": "colab",
            }
        elif button.get("label") == "source-repository-button":
            button = {**button, "icon": "fa-solid fa-code-branch"}
        buttons.append(button)
    context["header_buttons"] = buttons


def write_every_page(app: Sphinx, env: BuildEnvironment, *changes: set[str]) -> set[str]:
    """Count every page as changed.

    `make book` moves the finished site away, so the next build starts without one. Most of a build goes
    into starting it, and writing all pages keeps every sidebar current.
    """
    return env.found_docs


def remove_leftovers(app: Sphinx, exception: Exception | None) -> None:
    """Remove pages that left the table of contents, and what the theme copies but no page loads.

    The latter is 6 MB: source maps, the icons as a script and as old fonts.
    """
    site = Path(app.outdir)
    pages = {app.builder.get_target_uri(page) for page in app.env.found_docs} | {"index.html", "search.html"}
    for file in site.rglob("*.html"):
        if file.relative_to(site).as_posix() not in pages:
            file.unlink()
    static = site / "_static"
    for pattern in ("**/*.map", "scripts/fontawesome.js*", "vendor/**/*.ttf", "locales/**/*.*"):
        for file in static.glob(pattern):
            file.unlink()


def drop_unused_icons(app: Sphinx, exception: Exception | None) -> None:
    """Drop the rules of the icons that no page uses: a fifth of the theme's style sheet."""
    site = Path(app.outdir)
    style = site / "_static" / "styles" / "pydata-sphinx-theme.css"
    if exception or not style.exists():
        return
    sources = [*site.rglob("*.html"), *(site / "_static").rglob("*.js")]
    used = set(_ICON.findall(" ".join(source.read_text(encoding="utf-8") for source in sources)))
    style.write_text(
        _ICON_RULE.sub(
            lambda rule: rule[0] if used.intersection(_ICON.findall(rule[0])) else "",
            style.read_text(encoding="utf-8"),
        ),
        encoding="utf-8",
    )


def write_index_and_sitemap(app: Sphinx, exception: Exception | None) -> None:
    """Write the page that leads to the first page and, when the address is known, the sitemap."""
    if exception or app.builder.format != "html":
        return
    home = app.builder.get_target_uri(app.config.root_doc)
    title = escape(app.config.html_title)
    (Path(app.outdir) / "index.html").write_text(
        f"""<!DOCTYPE html>
<html lang="{app.config.language}">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta http-equiv="refresh" content="0; url={home}" />
<meta name="description" content="{title}" />
<title>{title}</title>
</head>
<body><main><h1>{title}</h1><p><a href="{home}">Open the course</a></p></main></body>
</html>
""",
        encoding="utf-8",
    )
    sitemap = Path(app.outdir) / "sitemap.xml"
    if not app.config.html_baseurl:
        sitemap.unlink(missing_ok=True)
        return
    # Not sphinx-sitemap, which lists only the pages that this build has written again.
    addresses = [
        app.config.html_baseurl + app.builder.get_target_uri(page) for page in sorted(app.env.found_docs)
    ]
    lines = [f"<url><loc>{escape_xml(address)}</loc></url>" for address in addresses]
    sitemap.write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n' + "\n".join(lines) + "\n</urlset>\n",
        encoding="utf-8",
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the functions above to the build."""
    app.connect("config-inited", link_to_repository)
    app.connect("builder-inited", copy_notebook_style)
    app.connect("html-page-context", add_to_head)
    app.connect("html-page-context", defer_scripts, priority=900)  # after everyone has added theirs
    app.connect("html-page-context", correct_roles)
    app.connect("html-page-context", simplify_header_buttons, priority=502)  # after the theme's 501
    app.connect("env-get-outdated", write_every_page)
    app.connect("build-finished", remove_leftovers)
    app.connect("build-finished", drop_unused_icons)
    app.connect("build-finished", write_index_and_sitemap, priority=900)  # after the plain redirect's
    return {"parallel_read_safe": True, "parallel_write_safe": True}
