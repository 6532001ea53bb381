"""A large first kernel with stride, narrow layers, and a pooling before the dense head."""


def design():
    layers = [("conv", 16, 5, 2, 2), ("pool", 2, 2)]
    layers += [("conv", 16, 3, 1, 1) for _ in range(6)]
    return (*layers, ("conv", 64, 3, 1, 1), ("linear", 10))
