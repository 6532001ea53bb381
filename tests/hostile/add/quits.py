"""Leaves as a program leaves: in the cell, in a thread, in a call."""

import sys, threading


def add(a, b):
    sys.exit(0)


threading.Thread(target=sys.exit, args=(0,)).start()
try:
    quit()
except BaseException as error:
    print(type(error))
raise SystemExit(0)
