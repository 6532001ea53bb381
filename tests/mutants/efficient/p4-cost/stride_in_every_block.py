"""Every block of a row has the stride.

Feedback: Likely mistake: every block of a row has the stride
"""


def cost(in_channels, size, plan):
    weights = macs = 0
    for expansion, channels, blocks, stride in plan:
        for _ in range(blocks):
            hidden = expansion * in_channels
            after = -(-size // stride)
            expand = in_channels * hidden if expansion != 1 else 0
            weights += expand + 9 * hidden + hidden * channels
            macs += expand * size**2 + (9 * hidden + hidden * channels) * after**2
            in_channels, size = channels, after
    return weights, macs
