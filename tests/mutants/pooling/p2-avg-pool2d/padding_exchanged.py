"""The two numbers of the padding are exchanged.

Feedback: the padding's two numbers are exchanged
"""


def avg_pool2d(input, kernel_size, stride=None, padding=0, count_include_pad=True):
    def pair(value):
        return (value, value) if isinstance(value, int) else value

    (kh, kw), (pw, ph) = pair(kernel_size), pair(padding)
    sh, sw = (kh, kw) if stride is None else pair(stride)
    H, W = input.shape[2:]
    h_out = (H + 2 * ph - kh) // sh + 1
    w_out = (W + 2 * pw - kw) // sw + 1
    y = input.new_zeros(*input.shape[:2], h_out, w_out)
    for h in range(h_out):
        for w in range(w_out):
            top, left = h * sh - ph, w * sw - pw
            window = input[:, :, max(top, 0) : top + kh, max(left, 0) : left + kw]
            places = window.shape[2] * window.shape[3]
            if count_include_pad:
                places = kh * kw
            y[:, :, h, w] = window.sum((2, 3)) / places
    return y
