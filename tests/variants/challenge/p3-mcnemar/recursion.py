"""Pascal's triangle, row by row."""


def mcnemar(truth, first, second):
    rows = list(zip(truth, first, second, strict=True))
    wins = [sum(a == t and b != t for t, a, b in rows), sum(b == t and a != t for t, a, b in rows)]
    row = [1.0]  # chances of 0, 1, … heads
    for _ in range(sum(wins)):
        row = [(left + right) / 2 for left, right in zip([0.0, *row], [*row, 0.0], strict=True)]
    return min(1, 2 * sum(row[: min(wins) + 1]))
