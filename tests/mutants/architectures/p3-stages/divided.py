"""/ for //: the numbers are floats.

Feedback: (float), expected 2 (int)
"""


def vgg_stages(depth):
    early = 1 if depth == 11 else 2
    late = (depth - 3 - 2 * early) / 3
    return [(early, 64), (early, 128), (late, 256), (late, 512), (late, 512)]
