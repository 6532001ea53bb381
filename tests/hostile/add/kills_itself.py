"""Sends itself the signal that nobody can catch."""

import os, signal


def add(a, b):
    os.kill(os.getpid(), signal.SIGKILL)
