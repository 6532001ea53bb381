"""Markdown as HTML that runs and loads nothing, for pages on which somebody reads what students wrote.

`nbgrader_config.py` puts `sanitized` behind nbconvert's own rendering, so formgrader shows quotes, formulas,
tables, code and `<details>` as the student meant them, and any other HTML as the text that it is.
"""

import re

from bleach import ALLOWED_PROTOCOLS
from bleach.css_sanitizer import CSSSanitizer
from bleach.sanitizer import Cleaner
from nbconvert.filters import strip_files_prefix

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "dfn", "div", "dl", "dt",
    "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li",
    "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"title"},
    "abbr": {"title"},
    "details": {"open"},
    "img": {"alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "style"},
    "th": {"colspan", "rowspan", "scope", "style"},
}
# What colors code; any other class could make a student's text look like a part of the page, or act like one.
CLASSES = re.compile(r"highlight|hll|language-[\w-]+|[a-z][a-z0-9]?[a-z]?")
LINK = re.compile(r"https?://|mailto:|#", re.I)
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[\w+/=\s]*")


def is_allowed(tag: str, name: str, value: str) -> bool:
    """Return whether an element may have an attribute: none that runs, loads or passes for the page's own."""
    if name == "href":
        return tag == "a" and LINK.match(value) is not None
    if tag == "img" and name == "src":
        return PICTURE.fullmatch(value) is not None
    if name == "class":
        return tag in ("code", "div", "pre", "span") and all(map(CLASSES.fullmatch, value.split()))
    return name in ATTRIBUTES.get(tag, ())


CLEANER = Cleaner(
    tags=TAGS,
    attributes=is_allowed,
    protocols={*ALLOWED_PROTOCOLS, "data"},
    css_sanitizer=CSSSanitizer(allowed_css_properties=["text-align"]),
)


def sanitized(html: str) -> str:
    """Return rendered Markdown without anything that could run or load."""
    return CLEANER.clean(strip_files_prefix(html))
