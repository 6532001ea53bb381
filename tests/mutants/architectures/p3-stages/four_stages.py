"""The last stage is missing.

Feedback: vgg_stages(11) has the channels [64, 128, 256, 512], expected [64, 128, 256, 512, 512]
"""


def vgg_stages(depth):
    early = 1 if depth == 11 else 2
    late = (depth - 3 - 2 * early) // 3
    return [(early, 64), (early, 128), (late, 256), (late, 512)]
