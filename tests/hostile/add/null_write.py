"""Writes where no memory is."""

import ctypes


def add(a, b):
    ctypes.memset(0, 1, 8)
