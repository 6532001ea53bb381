"""The positions are counted with `range`, and the pair is a list."""


def by_hand():
    def positions(n, k, s=1, p=0, d=1):
        return len(range(0, n + 2 * p - d * (k - 1), s))

    paddings = [p for p in range(10) if positions(224, 11, 4, p) == 55]
    return {
        "a": positions(33, 3, 2, 1),
        "b": positions(224, 7, 2, 3),
        "c": positions(32, 3, d=4),
        "d": [positions(15, 3, 2, 1), positions(20, 5, 1, 0, 2)],
        "e": min(paddings),
    }
