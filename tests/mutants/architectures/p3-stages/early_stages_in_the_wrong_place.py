"""The depths are right, but the last stages have two convolutions and the others the rest."""


def vgg_stages(depth):
    late = 1 if depth == 11 else 2
    early = (depth - 3 - 2 * late) // 3
    return [(early, 64), (early, 128), (early, 256), (late, 512), (late, 512)]
