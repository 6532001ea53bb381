"""Leaves threads, timers and finalizers behind that go on to act when the submission is over."""

import atexit, os, signal, threading, time, weakref


def add(a, b):
    return -1


def strike():
    try:
        with open("__COURSE__/__MARK__", "w") as file:
            file.write("late")
    except OSError:
        pass


class Last:
    def __del__(self):
        strike()


def wait():
    while True:
        time.sleep(0.5)
        strike()


last = Last()
weakref.finalize(last, strike)
atexit.register(strike)
for _ in range(5):
    threading.Thread(target=wait, daemon=False).start()
signal.signal(signal.SIGALRM, lambda *_: strike())
signal.setitimer(signal.ITIMER_REAL, 0.5, 0.5)
