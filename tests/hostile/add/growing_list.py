"""Lets a list grow for ever, in a call."""


def add(a, b):
    held = [0]
    while True:
        held += held
