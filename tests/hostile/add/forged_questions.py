"""Asks the judge for things that it never offered."""

import gc, json, os, socket, struct, sys


def connection():
    for thing in gc.get_objects():
        if type(thing).__name__ == "Wire":
            return thing.sock


def send(message, body=b"", sizes=None):
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    connection().sendall(struct.pack("<II", *(sizes or (len(text), len(body)))) + text + body)


def add(a, b):
    for target in (1, 2, 99, "look", "eval", "run", -1, None, [1], {"a": 1}):
        send({"n": 1, "op": "call", "f": target, "k": [], "v": ["marker"]})
    send({"n": 1, "op": "backward", "f": 1, "v": [], "k": []})
    return -1
