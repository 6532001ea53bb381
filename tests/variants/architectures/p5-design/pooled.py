"""Pooling for strides, layers of 1 x 1 among the others, two dense layers; lists."""


def design():
    stem = [["conv", 16, 3, 1, 1], ["pool", 2, 2], ["conv", 16, 3, 1, 1], ["pool", 2, 2]]
    body = [["conv", 16, 3, 1, 1]] * 5 + [["conv", 16, 1, 1, 0], ["conv", 64, 3, 1, 1]]
    return [*stem, *body, ["global"], ["linear", 24], ["linear", 10]]
