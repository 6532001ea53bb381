"""Puts other files in the place of its own with dup2."""

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


number = connection().fileno()
reader, writer = os.pipe()
for other in range(64):
    if other not in (number, reader, writer):
        try:
            os.dup2(number, other)
        except OSError:
            pass
print("copied", flush=True)
for other in (1, 2):
    os.write(other, b"garbage for the judge")
