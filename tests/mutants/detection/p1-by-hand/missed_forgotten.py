"""The object that is not found is forgotten.

Feedback: All four objects count
"""


def by_hand():
    return {
        "a_full": (1, 2, 5, 4, 9, 6, 9),
        "a_padded": (2, 5, 4, 9, 6),
        "a_output": (2, 5, 4, 9, 6, 9),
        "a_counts": (1, 1, 2, 1, 2, 1, 1),
        "b_four": 6 * 2 - 2 + 4,
        "b_three": 6 * 2 - 2 + 3 + 1,
        "b_five": 4 * 3 - 4 + 5,
        "c_pair": (1, 7),  # 4 of 16 + 16 - 4
        "c_inside": (1, 4),
        "d_quarter": (4, 0),  # box 2 overlaps box 0 by 1/3
        "d_half": (4, 0, 2),  # box 1 would remove box 2, but is gone
        "d_most": (4, 0, 1, 2),  # box 3 overlaps box 4 by 9/11
        "e_four": (5, 6),  # (1 + 3/4 + 3/4) / 4
        "e_five": (1, 2),
    }
