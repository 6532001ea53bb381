"""Calls the test's function for ever, and from inside itself."""


def apply(f, x):
    while True:
        try:
            f(x)
            f(apply)
        except BaseException:
            pass
