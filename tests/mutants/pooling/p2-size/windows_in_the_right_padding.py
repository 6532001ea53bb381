"""A last window may start behind the input.

Feedback: Likely mistake: a window that starts behind the input is counted
"""


def pool_output_size(size, kernel_size, stride=None, padding=0, ceil_mode=False):
    if stride is None:
        stride = kernel_size
    steps, left_over = divmod(size + 2 * padding - kernel_size, stride)
    if ceil_mode and left_over:
        steps += 1
    return steps + 1
