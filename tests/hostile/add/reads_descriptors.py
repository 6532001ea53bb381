"""Reads and writes every file descriptor that is open."""

import gc, json, os, socket, struct, sys


def connection():
    for thing in gc.get_objects():
        if type(thing).__name__ == "Wire":
            return thing.sock


def send(message, body=b"", sizes=None):
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    connection().sendall(struct.pack("<II", *(sizes or (len(text), len(body)))) + text + body)


def add(a, b):
    return -1


for number in range(0, 1024):
    try:
        where = os.readlink(f"/proc/self/fd/{number}")
    except OSError:
        continue
    print(number, where)
    if not where.startswith(("socket:", "/dev/null", "/proc")):
        print("BREACH", where)
    try:
        os.set_blocking(number, False)
        print(os.read(number, 10**6))
        os.set_blocking(number, True)
    except OSError:
        pass
