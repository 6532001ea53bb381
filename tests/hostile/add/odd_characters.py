"""Shows characters that cannot be written into a file as they are."""

import sys


def add(a, b):
    raise ValueError("\ud800 \x00 \ufffe \u202e")


print("\ud800\udfff \x00 \x1b[31m \u202e")
sys.stderr.write("\ud800")
raise ValueError("\ud800\x00")
