"""A norm is taken to be folded through a ReLU or a pooling."""


def official_count(layers):
    kept = [layer for layer in layers if layer[0] not in ("relu", "pool")]
    total = 0
    for index, (kind, *numbers) in enumerate(kept):
        after = kept[index + 1][0] if index + 1 < len(kept) else ""
        if kind == "conv":
            in_channels, out_channels, kernel_size, groups, bias = numbers
            total += out_channels * (in_channels // groups) * kernel_size**2
            total += out_channels * (bias or after == "norm")
        elif kind == "linear":
            total += (numbers[0] + 1) * numbers[1]
        elif index == 0:
            total += 2 * numbers[0]
    return total
