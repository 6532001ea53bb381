"""Returns things that never end."""

import itertools


def sizes():
    return itertools.count()
