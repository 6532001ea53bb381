"""The factor is applied for all layers.

Feedback: Likely mistake: the factor is applied for all layers, not for those that are added
"""


def first_norm(depth, shallow, deep):
    (few, low), (many, high) = shallow, deep
    return low * (high / low) ** (depth / (many - few))
