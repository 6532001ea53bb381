"""Stops its process, which then neither runs nor ends."""

import os, signal


def add(a, b):
    os.kill(os.getpid(), signal.SIGSTOP)
