"""float64 in, float32 out.

Feedback: returned dtype float32, expected float64
"""

import torch


def adaptive_avg_pool2d(input, output_size):
    def edges(size, number):
        return [(i * size // number, ((i + 1) * size + number - 1) // number) for i in range(number)]

    h_out, w_out = (output_size, output_size) if isinstance(output_size, int) else output_size
    rows, columns = edges(input.shape[2], h_out), edges(input.shape[3], w_out)
    y = [
        [input[:, :, top:bottom, left:right].mean((2, 3)) for left, right in columns] for top, bottom in rows
    ]
    return torch.stack([torch.stack(row, -1) for row in y], -2).float()
