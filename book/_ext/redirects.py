"""Keeps old addresses alive: a page that was renamed or removed leads to its successor.

``redirects`` in ``_config.yml`` maps the old page to the new one, both as in ``_toc.yml``. A redirect from a
page that exists, or to one that does not, stops the build.
"""

import os
from html import escape
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ConfigError

PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="robots" content="noindex" />
<meta name="description" content="This page has moved to: {title}" />
<meta http-equiv="refresh" content="0; url={target}" />
<link rel="canonical" href="{target}" />
<title>{title}</title>
</head>
<body><main><h1>{title}</h1><p><a href="{target}">This page has moved.</a></p></main></body>
</html>
"""


def write_redirects(app: Sphinx, exception: Exception | None) -> None:
    """Write a page at each old address."""
    if exception or app.builder.format != "html":
        return
    pages = app.env.found_docs
    for old, new in app.config.redirects.items():
        if old in pages or new not in pages:
            raise ConfigError(
                f"redirects in _config.yml: {old} must no longer be a page, and {new} must be one; "
                "correct the entry."
            )
        file = Path(app.outdir) / app.builder.get_target_uri(old)
        file.parent.mkdir(parents=True, exist_ok=True)
        target = os.path.relpath(app.builder.get_target_uri(new), os.path.dirname(old) or ".")
        title = escape(app.env.titles[new].astext())
        file.write_text(
            PAGE.format(language=app.config.language, title=title, target=escape(target)), encoding="utf-8"
        )


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect it to the build's end, after the leftovers of earlier builds are removed."""
    app.add_config_value("redirects", {}, "html", [dict])
    app.connect("build-finished", write_redirects, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
