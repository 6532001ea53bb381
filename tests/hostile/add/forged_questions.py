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
        send({"number": 1, "op": "call", "function": target, "names": [], "arguments": ["marker"]})
    send({"number": 1, "op": "backward", "function": 1, "arguments": [], "names": []})
    return -1
