"""The pairs are (channels, convolutions).

Feedback: A pair is (convolutions, channels).
"""


def vgg_stages(depth):
    early = 1 if depth == 11 else 2
    late = (depth - 3 - 2 * early) // 3
    return [(64, early), (128, early), (256, late), (512, late), (512, late)]
