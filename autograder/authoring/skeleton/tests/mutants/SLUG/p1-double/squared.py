"""Each value is squared.

Feedback: each value is squared; it must be doubled
"""


def double(x):
    return x * x
