"""The dict is made, but not returned.

Feedback: did you forget `return`?
"""


def by_hand():
    answers = {"max_2_2": (-1, 10, 9, 8), "outputs_2_2": 729}
    answers["outputs_3_2"] = 729
