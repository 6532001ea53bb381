"""Fails with an error whose name, text and traceback are as long as can be."""


def add(a, b):
    return fail(900)


def fail(depth):
    if depth:
        return fail(depth - 1)
    raise type("E" * 10**6, (Exception,), {})("\n".join(["y" * 1000] * 20000))


fail(900)
