"""Nothing below the deeper measurement is computed."""


def first_norm(depth, shallow, deep):
    (few, low), (many, high) = shallow, deep
    if depth < many:
        return low
    return low * (high / low) ** ((depth - few) / (many - few))
