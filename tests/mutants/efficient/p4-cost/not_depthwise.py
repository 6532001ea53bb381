"""The depthwise layer is counted as a standard one.

Feedback: Likely mistake: the depthwise layer is counted as if each filter read all channels
"""


def cost(in_channels, size, plan):
    weights = macs = 0
    for expansion, channels, blocks, stride in plan:
        for block in range(blocks):
            hidden = expansion * in_channels
            after = -(-size // stride) if block == 0 else size
            expand = in_channels * hidden if expansion != 1 else 0
            weights += expand + 9 * hidden * hidden + hidden * channels
            macs += expand * size**2 + (9 * hidden * hidden + hidden * channels) * after**2
            in_channels, size = channels, after
    return weights, macs
