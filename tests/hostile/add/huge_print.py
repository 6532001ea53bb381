"""Prints a gigabyte, on every way out."""

import os, sys


def add(a, b):
    return -1


text = "x" * 2**20
for _ in range(1024):
    print(text)
    sys.stderr.write(text)
for number in (1, 2):
    os.write(number, b"x" * 2**20)
