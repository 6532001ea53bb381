"""The same numbers, computed."""


def by_hand():
    def conv(channels, out, size):
        return out * (channels * size**2 + 2)

    blocks = 16
    return {
        "layers_bottleneck": 3 * blocks + 2,
        "layers_basic": 2 * blocks + 2,
        "projection": conv(64, 128, 1),
        "bottleneck_256": conv(256, 64, 1) + conv(64, 64, 3) + conv(64, 256, 1),
        "basic_256": 2 * conv(256, 256, 3),
        "basic_64": 2 * conv(64, 64, 3),
    }
