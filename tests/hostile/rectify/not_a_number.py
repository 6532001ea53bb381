"""Returns NaN, infinities, and complex numbers of the right real part."""

import torch

calls = 0


def rectify(x):
    global calls
    calls += 1
    return [x * float("nan"), x * float("inf"), torch.complex(x, x), x.to(torch.float64) * 0][calls % 4]
