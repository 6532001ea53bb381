"""Right where one option is set; with padding and dilation at once, the padding is dilated as well."""


def output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    options = [
        (value, value) if isinstance(value, int) else value
        for value in (kernel_size, stride, padding, dilation)
    ]
    result = []
    for n, k, s, p, d in zip(size, *options, strict=True):
        room = n + 2 * p * d - d * (k - 1) - 1
        if n + 2 * p - d * (k - 1) - 1 < 0:
            raise ValueError("the window does not fit")
        result.append(room // s + 1)
    return tuple(result)
