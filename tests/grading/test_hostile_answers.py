"""A student's process that answers with anything at all: the judge says no, and nothing of it is executed."""

import json
import os
import resource
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn
from two_processes import forked

from autograder.wire.frames import LARGEST_BODY, LARGEST_MESSAGE, Wire, WireError

TENSOR = [["float32", [2], None], 0, "", None]
BODY = b"\0" * 8


def receive(sock) -> dict:
    """Read one question without our own code."""
    head = b""
    while len(head) < 8:
        head += sock.recv(8 - len(head)) or os._exit(0)
    text, body = struct.unpack("<II", head)
    data = b""
    while len(data) < text + body:
        data += sock.recv(text + body - len(data))
    return json.loads(data[:text])


def frame(message, body: bytes = b"") -> bytes:
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    return struct.pack("<II", len(text), len(body)) + text + body


def answering(answer, body: bytes = b""):
    """A student's process that gives one answer to every question."""

    def work(sock) -> None:
        while True:
            question = receive(sock)
            reply = answer(question) if callable(answer) else {"number": question["number"], **answer}
            sock.sendall(frame(reply, body) if not isinstance(reply, bytes) else reply)

    return forked(work)


FUNCTION = ["other", "object", 1, "function", "c", None, ["f", None, None, None]]
CLASS = ["class", 1, "Net", "c", "module", None, None]


def module(
    number=1, exact="Linear", described=None, parameters=(), buffers=(), parts=(), attributes="{}"
) -> list:
    return [
        *("other", "module", number, exact, described, True),
        *(list(parameters), list(buffers), list(parts), attributes),
    ]


VALUES = {
    "an object": {"a": 1},
    "an empty list": [],
    "no tag": [1, 2],
    "an unknown tag": ["eval", "1 + 1"],
    "a pickle": ["other", "pickle", 0, 8],
    "a tensor without bytes": ["tensor", ["float32", [1000], None], 0, "", None],
    "a tensor of negative size": ["tensor", ["float32", [-2], None], 0, "", None],
    "a tensor of two negative sizes": ["tensor", ["float32", [-1, -2], None], 0, "", None],
    "a tensor of huge size": ["tensor", ["float32", [2**62, 4], None], 0, "", None],
    "a tensor with a float for a size": ["tensor", ["float32", [2.0], None], 0, "", None],
    "a tensor with a truth value for a size": ["tensor", ["float32", [True, 2], None], 0, "", None],
    "a tensor of an unknown dtype": ["tensor", ["object", [2], None], 0, "", None],
    "a tensor of an attribute of torch": ["tensor", ["load", [2], None], 0, "", None],
    "a tensor of quantized numbers": ["tensor", ["qint8", [8], None], 0, "", None],
    "a tensor with jumping strides": ["tensor", ["float32", [2], [4096]], 0, "", None],
    "a tensor with negative strides": ["tensor", ["float32", [2], [-1]], 0, "", None],
    "a tensor with too few strides": ["tensor", ["float32", [1, 2], [1]], 0, "", None],
    "a tensor before the bytes": ["tensor", ["float32", [2], None], -8, "", None],
    "a tensor with odd marks": ["tensor", ["float32", [2], None], 0, 7, None],
    "whole numbers with a gradient": ["tensor", ["int64", [1], None], 0, "r", None],
    "a gradient of another shape": ["tensor", *TENSOR[:2], "r", [["float32", [1], None], 0, "", None]],
    "bytes used twice": ["tuple", [["tensor", *TENSOR], ["tensor", *TENSOR]]],
    "an array of Python objects": ["array", ["|O8", [1], "C"], 0, 8],
    "an array of records": ["array", [[["a", "<f8"]], [1], "C"], 0, 8],
    "an array with too few bytes": ["array", ["<f8", [9], "C"], 0, 8],
    "an array of nothing, often": ["array", ["<U0", [2**48], "C"], 0, 0],
    "a list that is a string": ["list", "abc"],
    "a dict without the last value": ["dict", [1]],
    "a dict with a list for a key": ["dict", [["list", []], 1]],
    "something that was not given": ["given", 99],
    "something given from the end": ["given", -1],
    "something not met before": ["again", 5],
    "an output that there is not": ["output", 0],
    "a handle never issued": ["other", "own", 7],
    "a handle that is no number": ["other", "own", [1]],
    "an object without a number": ["other", "object", "1", "x", "", None, None],
    "an object with an odd name": ["other", "object", 1, 7, "", None, None],
    "an object with an unknown ability": ["other", "object", 1, "x", "q", None, None],
    "an object of a class of modules": ["other", "object", 1, "x", "", CLASS, None],
    "a class below a class of another kind": [
        *("other", "class", 2, "Net", "c", "object", None, CLASS),
    ],
    "a class that extends a function": ["other", "class", 1, "Net", "c", "module", "functional", None],
    "a value of a class of an unknown base": ["kind", "X", "type", [], 1],
    "a value of a class with another content": ["kind", "X", "int", [], "1"],
    "a module of an unknown class": module(exact="Module"),
    "a module of a function": module(exact="init"),
    "a module with its own forward": module(attributes='{"forward": 1}'),
    "a module with its own insides": module(attributes='{"_parameters": ["list"]}'),
    "a module with a function for an attribute": module(attributes=json.dumps({"f": FUNCTION})),
    "a module with a dict for an attribute": module(attributes='{"x": {"a": 1}}'),
    "a module with an unknown kind of attribute": module(attributes='{"x": ["eval", "1"]}'),
    "a module with an attribute of no kind": module(attributes='{"x": [["list"]]}'),
    "a module with an empty attribute": module(attributes='{"x": []}'),
    "a module with attributes nested too deeply": module(attributes='{"x": ' + '["list", ' * 99_999),
    "a module with a list for its attributes": module(attributes='["list"]'),
    "a module with attributes that are no text": module(attributes=[["x", 1]]),
    "a module with no attributes": module(attributes=None),
    "a module with attributes and a class of its own": module(1, None, CLASS, attributes='{"x": 1}'),
    "a module with a number for a part": module(parts=[["a", 1]]),
    "a module with a parameter named as a method": module(parameters=[["train", ["tensor", *TENSOR]]]),
    "a module with a text for a parameter": module(parameters=[["weight", "x"]]),
    "a module without a class": module(exact=None),
    "text that is no number": ["int", "x"],
    "an unknown device": ["device", "moon"],
    "an unknown kind of number": ["dtype", "load"],
    "a size of texts": ["Size", ["a"]],
    "a slice of too much": ["slice", [1, 2, 3, 4]],
    "a range of texts": ["range", ["a", 2, 1]],
}


@pytest.mark.parametrize("name", VALUES)
def test_a_malformed_value_is_an_error_of_the_connection(name):
    with answering({"value": VALUES[name]}, BODY) as session, pytest.raises(WireError):
        session.look("x")


ANSWERS = {
    "nothing": {},
    "an error of no kind": {"error": {}},
    "an error that is a number": {"error": 3},
    "an error of odd types": {"error": {"kind": 3, "text": [], "bases": 7, "where": "x"}},
    "an error never raised here": {"error": {"own": 5}},
    "a history of nothing": {"value": 1, "history": []},
    "a history of whole numbers": {"value": 1, "history": [1, [[["int64", [1], None], 0, "", None]]]},
    "changes of nothing": {"value": 1, "changed": [[0, []]]},
    "changes of odd types": {"value": 1, "changed": {"a": 1}},
    "state of unknown modules": {"value": 1, "state": [[1, [["weight", False, TENSOR]], None]]},
    "another answer": {"number": 99, "value": 1},
    "an answer to a text": {"number": "1", "value": 1},
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_malformed_answer_is_an_error_of_the_connection(name):
    with answering(ANSWERS[name], BODY) as session, pytest.raises(WireError):
        session.look("x")


QUESTIONS = {
    "a call of something never passed on": {"op": "call", "function": 1, "arguments": [], "names": []},
    "a call by name": {"op": "call", "function": "getattr", "arguments": [1, "x"], "names": []},
    "gradients of something never passed on": {"op": "backward", "function": 3, "arguments": []},
    "an unknown question": {"op": "run", "function": "import os", "arguments": [], "names": []},
    "a question about everything": {"op": ["call"], "function": None},
    "odd things to forget": {
        "op": "call",
        "function": 1,
        "arguments": [],
        "names": [],
        "forget": [["a", "b"]],
    },
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_that_only_the_judge_may_ask_is_refused(name):
    with answering(lambda question: {"number": 1, **QUESTIONS[name]}) as session, pytest.raises(WireError):
        session.look("x")


@pytest.mark.parametrize(
    "question", [{"op": "getattr", "function": 1}, {"op": "call", "function": "getattr"}]
)
def test_a_test_passed_on_can_be_called_but_not_looked_into(question):
    secret = "canary"

    def hidden(x):
        return x, secret

    def work(sock) -> None:
        receive(sock)
        sock.sendall(frame({"number": 1, "value": FUNCTION}))
        receive(sock)
        sock.sendall(
            frame({"number": 5, "arguments": [["given", 0], "__closure__"], "names": [], **question})
        )
        receive(sock)

    with forked(work) as session, pytest.raises(WireError):
        session.look("f")(hidden)


FRAMES = {
    "no JSON": frame(b"x" * 10),
    "a list": frame(b"[]"),
    "no text at all": frame(b"\xff\xfe"),
    "nested without end": frame(b"[" * 100_000),
    "objects nested without end": frame(b'{"value":' * 100_000),
    "a number of many digits": frame(b'{"number": 1, "value": ' + b"9" * 10_000 + b"}"),
    "a message above the limit": struct.pack("<II", LARGEST_MESSAGE + 1, 0),
    "a body above the limit": struct.pack("<II", 2, LARGEST_BODY + 1),
    "both as large as can be": struct.pack("<II", 2**32 - 1, 2**32 - 1),
    "values nested deeply": frame(b'{"number": 1, "value": ' + b'["tuple", [' * 300 + b"]]" * 300 + b"}"),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_malformed_frame_is_an_error_of_the_connection(name):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with answering(lambda question: FRAMES[name]) as session, pytest.raises(WireError):
        session.look("x")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 64 << 10, "nothing is reserved for what does not come (kilobytes)"


def test_a_frame_that_never_ends_or_ends_early_is_no_endless_wait():
    def silent(sock) -> None:
        receive(sock)
        sock.sendall(frame({"number": 1, "value": 1})[:-3])
        receive(sock)

    impatient = lambda sock, timeout: Wire(sock, timeout=0.3)  # noqa: E731
    with forked(silent, impatient) as session, pytest.raises(WireError, match="sent nothing"):
        session.look("x")

    def early(sock) -> None:
        receive(sock)
        sock.sendall(frame({"number": 1, "value": 1})[:-3])

    with forked(early) as session, pytest.raises(WireError, match="closed the connection"):
        session.look("x")


def test_calls_back_without_end_stop():
    def work(sock) -> None:
        receive(sock)
        sock.sendall(frame({"number": 1, "value": FUNCTION}))
        while True:
            receive(sock)  # answers each call by a call of the function that came with it
            sock.sendall(frame({"number": 1, "op": "call", "function": 1, "arguments": [], "names": []}))

    with forked(work) as session:
        function = session.look("f")

        def again():
            return function(again)

        with pytest.raises(WireError, match="nested"):
            function(again)


def test_gradients_of_another_shape_are_refused():
    def answer(question):
        if question["op"] == "backward":
            return frame(
                {"number": question["number"], "value": [[["float32", [1], None], 0, "", None]]}, b"\0" * 4
            )
        if question["function"] == "look":
            return frame({"number": question["number"], "value": FUNCTION})
        return frame({"number": question["number"], "value": ["output", 0], "history": [9, [TENSOR]]}, BODY)

    with answering(answer) as session:
        result = session.look("f")(torch.ones(2, requires_grad=True))
        assert result.requires_grad
        with pytest.raises(WireError, match="other shapes"):
            result.sum().backward()


def test_a_lying_layer_is_what_it_says_and_no_more():
    """A real layer runs here with the numbers that came; nothing about it comes from the student's class."""
    weight = ["tensor", ["float32", [1, 2], None], 0, "pr", None]
    layer = module(parameters=[["weight", weight], ["bias", None]], attributes='{"in_features": 99}')
    with answering({"value": layer}, struct.pack("<2f", 1, 2)) as session:
        linear = session.look("x")
        assert type(linear) is nn.Linear
        assert linear(torch.ones(1, 2)).item() == 3


def test_the_judge_never_imports_what_a_value_names():
    """The reading side has no way to execute: it does not even use pickle's reader."""
    folder = Path(__file__).resolve().parents[2]
    program = f"""
import pickle, sys
sys.path[:0] = [{str(folder)!r}, {str(folder / "tests/helpers")!r}]
from two_processes import student
pickle.loads = pickle.load = pickle.Unpickler = None
with student("import torch\\ndef f(x): return [x, torch.nn.Linear(1, 1), f, range(3)]") as session:
    print(len(session.look("f")(1)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "4\n", done.stderr
