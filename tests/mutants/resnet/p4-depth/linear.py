"""A straight line through both measurements.

Feedback: Likely mistake: the norm grows by the same amount with each layer
"""


def first_norm(depth, shallow, deep):
    (few, low), (many, high) = shallow, deep
    return low + (high - low) / (many - few) * (depth - few)
