"""Searches the function that a test passes for what the test knows."""

import inspect


def apply(f, x):
    found = []
    for name in (
        "__closure__",
        "__globals__",
        "__code__",
        "__defaults__",
        "__self__",
        "__wrapped__",
        "_handle",
        "_server",
    ):
        value = getattr(f, name, None)
        found.append((name, getattr(value, "__dict__", value)))
        for other in ("peer", "exports", "namespace", "_objects", "f_globals"):
            found.append((other, getattr(value, other, None)))
    raise ValueError(f"FOUND {found}")
