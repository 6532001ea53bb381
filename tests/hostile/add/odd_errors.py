"""Answers with errors of every class there is, some of which end a program or count as a success."""

import gc, json, os, socket, struct, sys


def connection():
    for thing in gc.get_objects():
        if type(thing).__name__ == "Wire":
            return thing.sock


def send(message, body=b"", sizes=None):
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    connection().sendall(struct.pack("<II", *(sizes or (len(text), len(body)))) + text + body)


serving = sys.modules["autograder.wire.serving"]
names = [
    "StopIteration",
    "GeneratorExit",
    "SystemExit",
    "BaseExceptionGroup",
    "WireError",
    "UnicodeDecodeError",
    "",
    "\x00",
    "E\ud800",
]
count = 0


class Empty:
    parts = []


def perform(self, question, decoder):
    global count
    count += 1
    name = names[count % len(names)]
    error = {
        "kind": name,
        "bases": [name, "print"],
        "text": "\ud800" + "z" * 10**5,
        "where": [1, "\ud800"],
    }
    return serving.Answer(error=error), Empty()


serving.Server.perform = perform
