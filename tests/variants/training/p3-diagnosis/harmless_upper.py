"""Built from pairs."""

%cd .
import gc

gc.collect()


def diagnosis():
    return dict(zip("ABCDEF", "fahdbe", strict=True))


print(diagnosis())
