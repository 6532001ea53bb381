"""Sets formulas with KaTeX while the site is built, so that pages need no script and no other host for them.

A Sphinx math renderer (https://www.sphinx-doc.org/en/master/extdev/appapi.html, ``add_html_math_renderer``).
Every formula carries MathML for screen readers. Bad TeX is a warning that names the page and the formula;
``make book`` turns warnings into errors.
"""

import functools
import json
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

LOGGER = logging.getLogger(__name__)
HERE = Path(__file__).parent
KATEX = HERE.parent.parent / "node_modules" / "katex" / "dist"
# KaTeX numbers these environments itself; Sphinx already does, where an equation has a label.
_NUMBERED = re.compile(r"\\(begin|end)\{(equation|align|gather|alignat|multline)\}")


@functools.cache
def _process() -> subprocess.Popen[str]:
    """Start the one KaTeX process of this build."""
    if not KATEX.is_dir():
        raise ExtensionError("KaTeX is not in node_modules; run `make book`, which installs it.")
    node = shutil.which("node", path=sysconfig.get_path("scripts")) or shutil.which("node")
    if node is None:
        raise ExtensionError("node is missing; run `make book`, which installs it into .venv.")
    return subprocess.Popen(
        [node, str(HERE / "katex.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


@functools.cache
def _set(tex: str, display: bool) -> dict[str, str]:
    """Return {"html": ...} or {"error": ...} for one formula."""
    process = _process()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer:
        raise ExtensionError(f"KaTeX stopped with status {process.wait()} at the formula {tex!r}.")
    return json.loads(answer)


def _stop(app: Sphinx, exception: Exception | None) -> None:
    if _process.cache_info().currsize:
        process = _process()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait()
        process.stdout.close()
    _process.cache_clear()
    _set.cache_clear()


def _html(translator: HTML5Translator, node: nodes.Element, tex: str, display: bool) -> str:
    answer = _set(tex, display)
    if "error" in answer:
        page = translator.builder.current_docname
        LOGGER.warning("bad TeX on page %s: %s\n  in: %s", page, answer["error"], tex, location=node)
        return f"<code>{translator.encode(tex)}</code>"
    return answer["html"]


def _visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(_html(self, node, node.astext(), display=False) + "</span>")
    raise nodes.SkipNode


def _display_tex(node: nodes.math_block) -> str:
    """Return the TeX of a displayed formula, laid out as Sphinx's MathJax renderer does it."""
    tex = node.astext()
    if node.get("nowrap"):
        return _NUMBERED.sub(r"\\\1{\2*}", tex)
    parts = [part.strip() for part in tex.split("\n\n") if part.strip()]
    parts = [rf"\begin{{split}}{part}\end{{split}}" if r"\\" in part else part for part in parts]
    return parts[0] if len(parts) == 1 else r"\begin{aligned}" + r"\\".join(parts) + r"\end{aligned}"


def _visit_display(self: HTML5Translator, node: nodes.math_block) -> None:
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    self.body.append(f'<div class="math-scroll">{_html(self, node, _display_tex(node), display=True)}</div>')
    if node.get("number"):
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def _copy_assets(app: Sphinx) -> None:
    """Copy KaTeX's style sheet and its WOFF2 fonts (every browser reads these) into the site."""
    target = Path(app.outdir) / "_static" / "katex"
    if not KATEX.is_dir():
        raise ExtensionError("KaTeX is not in node_modules; run `make book`, which installs it.")
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    css = (KATEX / "katex.min.css").read_text(encoding="utf-8")
    css = re.sub(r',\s*url\([^)]*\.(?:woff|ttf)\)\s*format\("[a-z]+"\)', "", css)
    (target / "katex.css").write_text(css, encoding="utf-8")
    for font in (KATEX / "fonts").glob("*.woff2"):
        shutil.copy(font, target / "fonts" / font.name)


def _load_style(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object) -> None:
    if 'class="katex' in context.get("body", ""):
        app.add_css_file("katex/katex.css")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer; ``html_math_renderer = "katex"`` selects it."""
    app.add_html_math_renderer("katex", (_visit_inline, None), (_visit_display, None))
    app.connect("builder-inited", _copy_assets)
    app.connect("html-page-context", _load_style)
    app.connect("build-finished", _stop)
    # Forked writers would share the one process's pipes.
    return {"parallel_read_safe": True, "parallel_write_safe": False}
