"""Returns every number there is, in the hope that one of them is taken."""


class Many(tuple):
    def __iter__(self):
        return iter(range(1000))


def sizes():
    return {name: Many(range(100)) for name in ("height", "width", "depth")}
