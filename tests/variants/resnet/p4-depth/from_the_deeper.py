"""Counted from the deeper measurement."""


def first_norm(depth, shallow, deep):
    share = (depth - deep[0]) / (shallow[0] - deep[0])
    return deep[1] ** (1 - share) * shallow[1] ** share
