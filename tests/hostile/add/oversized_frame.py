"""Announces four gigabytes, and sends some of them."""

import gc, json, os, socket, struct, sys


def connection():
    for thing in gc.get_objects():
        if type(thing).__name__ == "Wire":
            return thing.sock


def send(message, body=b"", sizes=None):
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    connection().sendall(struct.pack("<II", *(sizes or (len(text), len(body)))) + text + body)


def add(a, b):
    send(b"x" * 1000, sizes=(2**32 - 1, 2**32 - 1))
    while True:
        connection().sendall(b"x" * 2**20)
