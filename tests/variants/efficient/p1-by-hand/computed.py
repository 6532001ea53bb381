"""The numbers are computed; lists for tuples."""

import math


def by_hand():
    k, positions = 9, 28 * 28
    standard, separable = 128 * 64 * k, 64 * k + 128 * 64
    shared = math.gcd(standard, separable)
    block = 24 * 144 + k * 144 + 144 * 24
    table = [[4 * row + column for column in range(4)] for row in range(3)]
    answers = {
        "a_standard": standard,
        "a_grouped": standard // 4,
        "a_separable": separable,
        "a_ratio": [separable // shared, standard // shared],
        "a_late": 64 * k * positions * 3 // 4,
        "b_weights": block,
        "b_macs": block * positions,
        "b_widest": 144 * positions,
        "c_macs": 2 * 144 * 36,
        "d_order": [row[column] for column in range(4) for row in table],
        "d_seen": [16 // 8, (16 // 8) ** 2],
    }
    return answers | {f"c_{inner}": 2 * 144 * inner + inner + 144 for inner in (36, 6)}
