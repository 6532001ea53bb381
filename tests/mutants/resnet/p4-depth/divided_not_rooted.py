"""The growth is divided by the number of layers.

Feedback: Likely mistake: the growth is divided by the number of layers
"""


def first_norm(depth, shallow, deep):
    (few, low), (many, high) = shallow, deep
    return low * (high / low / (many - few)) ** (depth - few)
