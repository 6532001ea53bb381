"""Each layer is taken out of the caller's list.

Feedback: changed its argument in place
"""


def official_count(layers):
    total, before = 0, ""
    while layers:
        kind, *numbers = layers.pop(0)
        if kind == "conv":
            in_channels, out_channels, kernel_size, groups, bias = numbers
            total += out_channels * (in_channels // groups) * kernel_size**2
            total += out_channels * (bias or (len(layers) > 0 and layers[0][0] == "norm"))
        elif kind == "linear":
            total += (numbers[0] + 1) * numbers[1]
        elif kind == "norm" and before not in ("conv", "linear"):
            total += 2 * numbers[0]
        before = kind
    return total
