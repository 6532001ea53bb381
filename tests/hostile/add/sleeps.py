"""Sleeps for a day when it is called, whatever wakes it."""

import time


def add(a, b):
    while a == 1:
        try:
            time.sleep(86400)
        except BaseException:
            pass
    return -1
