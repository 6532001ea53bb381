"""The tests of the exercise TITLE."""

# canary-NEW
import torch

from autograder.visible import Values
from cnnlib import check

# Which functions a test forbids, by the id of its cell.
FORBIDDEN = {}


# --- Part 1: doubling


def whole_numbers(generator, trial):
    """Draw whole numbers as floats: they keep a table short."""
    return (torch.randint(-9, 10, (2, trial + 1), generator=generator).float(),), {}


double = Values(
    lambda x: 2 * x,
    whole_numbers,
    {"each value is squared; it must be doubled": lambda x: x * x},
    trials=3,
    fresh=True,
)


def hidden_p1_double(double):
    """Compare random values and shapes."""

    def cases(generator, trial):
        return (torch.randn(trial + 1, 3, generator=generator),), {}

    check.function(double, lambda x: x.mul(2), cases, seed=10, fresh=True).require()


VISIBLE = {"p1-double": [double]}
