"""A map is a tuple of rows.

Feedback: in a tuple there is a tuple of 2
"""


def by_hand():
    return {
        "max_2_2": ((-1, 10), (9, 8)),
        "avg_2_2": (-4, 4, 4, 2),
        "max_3_2": (9, 10, 9, 8),
        "max_3_2_padded": (-1, 10, 10, 9, 10, 10, 7, 8, 8),
        "outputs_2_2": 729,
        "outputs_3_2": 729,
        "unseen_2_2": 109,
        "head_flatten": 3_276_900,
        "head_pooled": 819_300,
        "head_global": 12_900,
    }
