"""From a template beside this file to a page that needs no other file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2


def render(template: str, **values: Any) -> str:
    """Return a page as HTML; what stands in `values` is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent, encoding="utf-8"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = lambda value: f"{value:.1f}".removesuffix(".0")
    environment.filters["percent"] = lambda value: f"{100 * value:.0f}%"
    return environment.get_template(template).render(**values)
