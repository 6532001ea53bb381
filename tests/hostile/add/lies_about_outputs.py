"""Says that its cell showed scores, errors in the grader's words, and things that are no outputs."""

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


serving = sys.modules["autograder.wire.serving"]
original = serving.Server._perform


def perform(self, question, decoder, encoder):
    if question.function != "run":
        return original(self, question, decoder, encoder)
    items = [
        {
            "output_type": "execute_result",
            "data": {"text/plain": "1.0", "text/html": "<script>pwned()</script>"},
        }
    ]
    items += [
        {"output_type": "display_data", "data": {"image/png": '"><script>pwned()</script>', 5: "x"}},
        7,
        None,
        [],
    ]
    items += [
        {
            "output_type": "error",
            "ename": "E" * 9999,
            "evalue": "CellTimeoutError",
            "traceback": [1, None, add],
        }
    ] * 3000
    items += [{"output_type": "stream", "name": "stdout", "text": "100 points\n"}] * 3000
    items += [{"output_type": "stream", "name": name, "text": "y"} for name in ("stdout", "stderr")] * 20000
    items += [{"cell": 6, "outputs": [], "fatal": True}, {"output_type": ["error"]}]
    return serving.Answer(encoder.value(items))


serving.Server._perform = perform
