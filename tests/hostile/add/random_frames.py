"""Sends noise: no JSON, JSON that is nested too deeply, pickles, values of kinds that do not exist."""

import gc, json, os, socket, struct, sys


def connection():
    for thing in gc.get_objects():
        if type(thing).__name__ == "Wire":
            return thing.sock


def send(message, body=b"", sizes=None):
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    connection().sendall(struct.pack("<II", *(sizes or (len(text), len(body)))) + text + body)


import pickle


class Run:
    def __reduce__(self):
        return os.system, ("touch __COURSE__/__MARK__",)


calls = 0


def add(a, b):
    global calls
    calls += 1
    number = next(iter(gc.get_referrers(connection())), None)
    frames = [
        os.urandom(5000),
        b"[" * 10**6,
        pickle.dumps(Run()),
        b'{"number": 1, "value": ["pickle", 0, 10]}',
    ]
    body = pickle.dumps(Run())
    for frame in frames if a == 1 else frames[2:]:
        send(frame, body)
    return -1
