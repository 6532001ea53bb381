"""All layers are taken for convolutions.

Feedback: with the 3 dense layers that makes
"""


def vgg_stages(depth):
    early = 1 if depth == 11 else 2
    late = (depth - 2 * early) // 3
    return [(early, 64), (early, 128), (late, 256), (late, 512), (late, 512)]
