"""Returns lists in lists, and a list that holds itself."""


def add(a, b):
    value = []
    if a == 1:
        for _ in range(10**5):
            value = [value]
        return value
    value.append(value)
    return value
