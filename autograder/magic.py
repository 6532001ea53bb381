"""Cells as Python: IPython's magic lines replaced by calls."""

import ast

from IPython.core.inputtransformer2 import TransformerManager


class Transformer(TransformerManager):
    """IPython's transformer, which here takes a cell apart into tokens only if it is no Python as it is."""

    def do_token_transforms(self, lines: list[str]) -> list[str]:
        """Replace magic, of which no line is Python."""
        try:
            ast.parse("".join(lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return super().do_token_transforms(lines)
        return lines


def as_python(source: str) -> str:
    """Return a cell's source without prompts and with calls for its magic; it may still be no Python."""
    return Transformer().transform_cell(source)
