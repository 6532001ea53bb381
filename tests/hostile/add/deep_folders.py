"""Leaves folders in folders, deeper than Python's stack, and some that nobody may enter."""

import os


def add(a, b):
    return -1


os.mkdir("closed", 0)
os.mkdir("open")
os.mkdir("open/closed", 0)
for _ in range(3000):
    os.mkdir("d")
    os.chdir("d")
open("bottom", "w").close()
print("made")
