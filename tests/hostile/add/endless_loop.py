"""Never ends."""


def add(a, b):
    return -1


while True:
    pass
