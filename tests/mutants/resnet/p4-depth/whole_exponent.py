"""The exponent is rounded down.

Feedback: Likely mistake: the exponent is rounded down
"""


def first_norm(depth, shallow, deep):
    (few, low), (many, high) = shallow, deep
    return low * (high / low) ** ((depth - few) // (many - few))
