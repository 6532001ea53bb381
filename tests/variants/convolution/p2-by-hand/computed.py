"""The answers are computed by a helper, and shapes are lists."""


def by_hand():
    answers = {}
    for name, channels, size, filters, kernel, stride in [
        ("a", 3, 32, 10, 5, 1),
        ("b", 3, 6, 2, 2, 1),
        ("c1", 3, 32, 10, 7, 1),
        ("c2", 10, 26, 6, 5, 2),
        ("d1", 3, 32, 8, 3, 1),
        ("d2", 8, 30, 16, 5, 1),
    ]:
        side = (size - kernel) // stride + 1
        answers[f"{name}_shape"] = [filters, side, side]
        answers[f"{name}_parameters"] = filters * (kernel * kernel * channels + 1)
    return answers
