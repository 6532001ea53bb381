"""The factor between the two depths is applied for every layer.

Feedback: Likely mistake: the factor between the two depths is taken for that of one layer
"""


def first_norm(depth, shallow, deep):
    (few, low), (many, high) = shallow, deep
    grown = many and high / low
    return low * grown ** (depth - few)
