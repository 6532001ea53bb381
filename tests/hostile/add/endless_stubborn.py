"""Never ends, and takes no notice of being asked to."""

import signal


def add(a, b):
    return -1


for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
    signal.signal(number, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except:
        pass
