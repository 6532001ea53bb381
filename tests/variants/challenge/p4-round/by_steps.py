"""Halve or double until the bits stand before the point."""


def round_to_bits(x, bits=8):
    scale, size = 1.0, abs(x)
    while size and size * scale < 2 ** (bits - 1):
        scale *= 2
    while size * scale >= 2**bits:
        scale /= 2
    whole, rest = divmod(size * scale, 1)
    whole += rest > 0.5 or (rest == 0.5 and whole % 2 == 1)
    return whole / scale * (-1 if x < 0 else 1)
