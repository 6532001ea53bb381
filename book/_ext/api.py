"""Lets autodoc read `cnnlib` without torch and its other dependencies: building the site needs none."""

import sys
import typing
from pathlib import Path
from types import FunctionType
from typing import cast

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.domains.python import PythonDomain
from sphinx.environment import BuildEnvironment
from sphinx.ext import intersphinx

# Signatures name these types as the modules import them.
FULL_NAMES = {
    "Axes": "matplotlib.axes.Axes",
    "Callable": "collections.abc.Callable",
    "Iterable": "collections.abc.Iterable",
    "Module": "torch.nn.Module",
    "Path": "pathlib.Path",
    "Sequence": "collections.abc.Sequence",
    "Tensor": "torch.Tensor",
    "nn.Module": "torch.nn.Module",
    "nn.Sequential": "torch.nn.Sequential",
    "np.ndarray": "numpy.ndarray",
}


def resolve_name(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.Node | None:
    """Find what a docstring or a signature calls by a short name, or by the module that defines it."""
    target = node.get("reftarget", "")
    if target in FULL_NAMES:
        node["reftarget"] = FULL_NAMES[target]
        return intersphinx.missing_reference(app, env, node, content)
    if target.startswith("cnnlib."):
        # Public names are documented in the module that users import, not in the one that defines them.
        domain = cast(PythonDomain, env.get_domain("py"))
        name = target.rpartition(".")[2]
        documented = [found for found in domain.objects if found.rpartition(".")[2] == name]
        if len(documented) > 1:  # two modules have a class of that name
            documented = [found for found in documented if target.startswith(found.rpartition(".")[0] + ".")]
        if len(documented) == 1:
            return domain.resolve_xref(
                env, node["refdoc"], app.builder, node["reftype"], documented[0], node, content
            )
    return None


def skip_field_aliases(
    app: Sphinx, what: str, name: str, member: object, skip: bool, options: object
) -> bool | None:
    """Leave out what `NamedTuple` says about its fields; the class's own docstring says more."""
    return True if (getattr(member, "__doc__", "") or "").startswith("Alias for field number") else None


def keep_annotations(app: Sphinx, described: object, bound_method: bool) -> None:
    """Show annotations as the source has them, not what they evaluate to.

    That depends on the version of Python (`pathlib.Path` has lived in three modules) and asks the stand-ins
    for torch for what classes can do (``Tensor | None``).
    """
    function = getattr(described, "__func__", described)
    if isinstance(function, FunctionType):
        typing.no_type_check(function)


def setup(app: Sphinx) -> dict[str, bool]:
    """Put the checkout's own `cnnlib` first and connect the functions above to the build."""
    sys.path.insert(0, str(Path(__file__).parent.parent.parent))
    app.connect("missing-reference", resolve_name)
    app.connect("autodoc-before-process-signature", keep_annotations)
    app.connect("autodoc-skip-member", skip_field_aliases)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
