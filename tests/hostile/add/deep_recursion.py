"""Recurses until the stack is used up."""

import sys

sys.setrecursionlimit(10**9)


class Deep:
    def __eq__(self, other):
        return self == other

    __hash__ = object.__hash__


def add(a, b):
    try:
        add(a, b)
    finally:
        return repr(eval("(" * 50) or Deep() == 3)


add(1, 2)
