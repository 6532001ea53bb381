"""The expansion is counted at the smaller size.

Feedback: Likely mistake: the expansion is counted at the size after the stride
"""


def cost(in_channels, size, plan):
    weights = macs = 0
    for expansion, channels, blocks, stride in plan:
        for block in range(blocks):
            hidden = expansion * in_channels
            after = -(-size // stride) if block == 0 else size
            expand = in_channels * hidden if expansion != 1 else 0
            weights += expand + 9 * hidden + hidden * channels
            macs += expand * after**2 + (9 * hidden + hidden * channels) * after**2
            in_channels, size = channels, after
    return weights, macs
