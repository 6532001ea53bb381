"""Right where padding and stride fit; the padding is counted on one side only."""


def restoring_output_padding(size, kernel_size, stride=1, padding=0, dilation=1):
    options = [
        (value, value) if isinstance(value, int) else value
        for value in (kernel_size, stride, padding, dilation)
    ]
    return tuple((n + p - d * (k - 1) - 1) % s for n, k, s, p, d in zip(size, *options, strict=True))
