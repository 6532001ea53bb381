"""Only the width of a map is looked at."""


def always_zero(norm, shape, training, num_groups):
    N, C, _, W = shape
    values = {"batch": N * W, "layer": C * W, "group": C // num_groups * W, "instance": W}[norm]
    return values == 1 and (norm != "batch" or training)
