"""Returns a billion elements that take no memory where they are made, and strides that overlap."""

import torch

calls = 0


def rectify(x):
    global calls
    calls += 1
    return [torch.zeros(1).expand(10**9), x[:1, :1].expand(2, 3), torch.zeros(1).as_strided((2**40,), (0,))][
        calls % 3
    ]
