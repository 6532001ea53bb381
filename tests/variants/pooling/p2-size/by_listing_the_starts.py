"""The windows' starts are listed and filtered."""


def pool_output_size(size, kernel_size, stride=None, padding=0, ceil_mode=False):
    starts = range(-padding, size, stride or kernel_size)  # none in the padding after the input
    if ceil_mode:
        before = [start for start in starts if start + kernel_size < size + padding]
        return min(len(before) + 1, len(starts))  # and the first that reaches the end
    return len([start for start in starts if start + kernel_size <= size + padding])
