"""Returns tensors without numbers: on the meta device, sparse, quantized, nested."""

import torch

calls = 0


def rectify(x):
    global calls
    calls += 1
    kinds = [
        lambda: torch.empty(2, 3, device="meta"),
        lambda: x.to_sparse(),
        lambda: torch.quantize_per_tensor(x, 1.0, 0, torch.qint8),
        lambda: torch.nested.nested_tensor([x[0], x[1]]),
        lambda: x.to_mkldnn(),
    ]
    return kinds[calls % 5]()
