"""Starts threads until none can be had; all of them go on for ever."""

import threading


def add(a, b):
    return -1


def spin():
    while True:
        threading.Event().wait(1)


started = 0
try:
    while started < 20000:
        threading.Thread(target=spin).start()
        started += 1
except BaseException as error:
    print(type(error).__name__)
print(started)
