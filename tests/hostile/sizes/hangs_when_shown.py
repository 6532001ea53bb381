"""Returns objects that hang, raise or print when anything is done with them."""

import time


class Value(int):
    def __repr__(self):
        time.sleep(3600)

    __str__ = __format__ = __repr__


class Hanging:
    def __repr__(self):
        time.sleep(3600)

    __str__ = __len__ = __iter__ = __hash__ = __bool__ = __repr__

    def __getattr__(self, name):
        time.sleep(3600)


def sizes():
    return {"height": Hanging(), "width": Value(3), "depth": Hanging()}
