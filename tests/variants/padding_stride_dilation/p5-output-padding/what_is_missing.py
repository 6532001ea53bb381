"""There and back: what the way back lacks."""


def restoring_output_padding(size, kernel_size, stride=1, padding=0, dilation=1):
    def pair(value):
        return [value, value] if isinstance(value, int) else list(value)

    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = map(pair, (kernel_size, stride, padding, dilation))
    missing = []
    for n, k, s, p, d in ((size[0], kh, sh, ph, dh), (size[1], kw, sw, pw, dw)):
        span = d * (k - 1) + 1
        small = (n + 2 * p - span) // s + 1
        back = (small - 1) * s + span - 2 * p
        missing.append(n - back)
    return tuple(missing)
