"""A compiled helper, and a shell line."""

!nvidia-smi
import torch


@torch.compile(backend="eager")
def halve(x):
    return x / 2


def adaptive_avg_pool2d(input, output_size):
    h_out, w_out = (output_size, output_size) if isinstance(output_size, int) else output_size
    for axis, number in ((2, h_out), (3, w_out)):
        size = input.shape[axis]
        edges = [(i * size // number, ((i + 1) * size - 1) // number + 1) for i in range(number)]
        parts = [input.narrow(axis, start, end - start).mean(axis, keepdim=True) for start, end in edges]
        input = torch.cat(parts, axis)
    return halve(2 * input)
