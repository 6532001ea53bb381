"""It is guessed from a name, not measured."""


def depends_on_batch(norm, x):
    return "batch" in repr(norm)
