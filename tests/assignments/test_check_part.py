"""A visible test as one call: what it says, what its table holds, and what happens with another version."""

import json

import nbformat
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from autograder import visible
from autograder.releasing import tables as making
from autograder.releasing.test_cells import name_of_part, with_version
from cnnlib import check
from cnnlib.check import parts, tables


def double(x):
    return 2 * x


def cases(generator, trial):
    return (torch.randint(1, 9, (1 + trial,), generator=generator).float(),), {}


VALUES = visible.Values(
    double, cases, {"it is squared": torch.square, "it is never": lambda x: x[99]}, trials=4
)


def evaluated(*steps, forbidden=(), points=4.0):
    return tuple(making.evaluate(step, "toy/p1", list(forbidden), points) for step in steps)


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A function that tests an answer as the installed table of an exercise "toy" says."""
    monkeypatch.setattr(tables, "FOLDER", tmp_path)

    def part(*answers, steps=(VALUES,), version=None, **options):
        (tmp_path / "toy.json").write_text(tables.write({"p1": evaluated(*steps, **options)}, "hash"))
        tables.read.cache_clear()
        return check.part("toy/p1", *answers, table=version)

    return part


def wrong(toy, *answers, **options):
    with pytest.raises(check.WrongAnswer) as caught:
        toy(*answers, **options)
    return str(caught.value)


def test_a_right_answer_is_told_in_one_line(toy, capsys):
    assert toy(double) is None
    assert capsys.readouterr().out == "✓ double: all 4 trials are right (rtol=0.0001, atol=1e-05).\n"


def test_the_trials_of_all_steps_are_counted_together(toy, capsys):
    example = visible.Values(double, [((torch.tensor([3.0]),), {})])
    assert toy(double, steps=(VALUES, example)) is None
    assert "all 5 trials are right" in capsys.readouterr().out


def test_a_wrong_answer_is_told_with_its_mistake_and_its_smallest_case(toy):
    def double(x):
        return x * x

    lines = wrong(toy, double).splitlines()
    assert lines[0].startswith("double returned wrong values: the largest difference is ")
    assert lines[1].startswith("Likely mistake: it is squared (")
    assert lines[3].startswith("  x: float32 tensor of shape (1,)")
    assert "  expected: float32 tensor" in lines[-4] or any("expected" in line for line in lines)


def test_a_table_says_the_same_as_the_reference_itself(toy):
    def wrong_double(x):
        return 3 * x

    report = check.function(wrong_double, double, cases, wrong=VALUES.wrong, trials=4)
    assert wrong(toy, wrong_double) == report.message.replace(" of seed 0", "")


def test_numbers_of_numpy_are_numbers(toy):
    steps = (visible.Values(lambda n: n / 2, [((3,), {})]), visible.Values(lambda n: n // 2, [((3,), {})]))
    assert toy(lambda n: np.float64(n / 2), steps=steps[:1]) is None
    assert toy(lambda n: np.int64(n // 2), steps=steps[1:]) is None
    words = wrong(toy, lambda n: torch.tensor(n / 2), steps=steps[:1])
    assert "expected a number; `.item()` makes a number of it" in words


def test_an_answer_that_is_not_written_raises_or_is_forbidden_says_so(toy):
    def unwritten(x):
        raise NotImplementedError

    def broken(x):
        return x.nothing

    assert wrong(toy, unwritten) == "unwritten is not written yet (it raised NotImplementedError)."
    assert "broken raised AttributeError" in wrong(toy, broken)
    assert "at line" in wrong(toy, broken)
    steps = (visible.Values(F.relu, cases),)
    words = wrong(toy, F.relu, steps=steps, forbidden=["relu"])
    assert "the library's relu is called" in words
    assert "expected a function, got 3 (int)" in wrong(toy, 3)


def test_the_reason_is_told_apart(toy):
    def reason(answer, **options):
        with pytest.raises(check.WrongAnswer) as caught:
            toy(answer, **options)
        return caught.value.report.reason

    def unwritten(x):
        raise NotImplementedError

    assert reason(unwritten) == "unwritten"
    assert reason(lambda x: 1 / 0) == "raised"
    assert reason(lambda x: x) == "wrong"
    assert reason(F.relu, steps=(visible.Values(F.relu, cases),), forbidden=["relu"]) == "forbidden"


def test_a_result_that_is_the_argument_itself_can_be_wrong(toy):
    steps = (visible.Values(torch.clone, cases, fresh=True),)
    assert "returned its argument itself" in wrong(toy, lambda x: x, steps=steps)
    assert toy(torch.clone, steps=steps) is None


def net(channels):
    return nn.Sequential(nn.Conv2d(1, channels, 3, bias=False), nn.BatchNorm2d(channels), nn.ReLU())


def test_conditions_are_named_and_what_it_raises_too(toy):
    expected = {"3 × 3 convolutions": 1, "batch norms": 2}
    steps = (visible.Conditions("layers", [(((2,), expected), {})], "The layers are not those of the task:"),)
    assert wrong(toy, net, steps=steps).splitlines() == [
        "The layers are not those of the task:",
        "net(2) has 1 batch norms, expected 2.",
    ]
    assert "raised TypeError" in wrong(toy, lambda: None, steps=steps)


def test_networks_are_compared_with_the_same_numbers(toy):
    x = torch.ones(1, 1, 4, 4)
    steps = (
        visible.Values(
            lambda x, channels: parts.measures.filled(net, x, channels), [((x, 2), {})], measure="filled"
        ),
    )

    class Net(nn.Module):
        def __init__(self, channels):
            super().__init__()
            self.norm, self.conv = nn.BatchNorm2d(channels), nn.Conv2d(1, channels, 3, bias=False)

        def forward(self, x):
            return self.norm(self.conv(x)).relu()

    assert toy(Net, steps=steps) is None


def test_answers_found_by_hand_give_points_for_each(toy, capsys):
    step = visible.ByHand({"a": 1, "b": 2}, {"a": "Count.", "b": "Count again."}, {"b": {3: "One too many."}})
    assert toy(lambda: {"a": 1, "b": 3}, steps=(step,)) == 2.0
    assert "b: 3 is not right. One too many." in capsys.readouterr().out
    assert toy(lambda: {"a": 1, "b": 2}, steps=(step,)) is None
    assert "0 of 2 answers are right" in wrong(toy, lambda: {}, steps=(step,))


def test_another_version_of_the_table_says_how_to_get_the_right_one(toy):
    with pytest.raises(RuntimeError, match=r"made with version 0000 of the test 'toy/p1'.*git pull"):
        toy(double, version="0000")
    with pytest.raises(RuntimeError, match="has no test 'toy/p2'"):
        check.part("toy/p2", double)


VALUES_OF_ALL_KINDS = [
    None, True, 3, 0.1, "text", (1, (2.5, "a")), [1, (2,)], {"a": (1,), "b": {"c": torch.zeros(0, 2)}},
    torch.tensor([[1.5, float("nan")], [float("inf"), -0.0]]), torch.tensor([1, 2]), torch.tensor(True),
    torch.tensor([0.1], dtype=torch.float64),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES_OF_ALL_KINDS, ids=str)
def test_a_table_gives_back_what_it_was_given(value):
    back = tables.decode(json.loads(json.dumps(tables.encode(value))))
    assert repr(back) == repr(value)


def test_a_table_gives_back_layers_with_their_numbers():
    model = nn.Sequential(
        net(2), nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 3)
    ).eval()
    back = tables.decode(json.loads(json.dumps(tables.encode(model))))
    x = torch.randn(2, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    assert str(back) == str(model)
    assert torch.equal(back(x), model(x))


def test_other_values_are_refused():
    with pytest.raises(TypeError, match="a table cannot hold a set"):
        tables.encode({1, 2})


def test_the_last_digits_are_no_reason_for_another_version(tmp_path):
    path = tmp_path / "toy.json"
    text = tables.write({"p1": evaluated(VALUES)}, "one")
    assert making.update(text, path)
    other = text.replace('"numbers":[', '"numbers":[0.0000001,', 1)
    assert not making.close(json.loads(text), json.loads(other))
    slightly = json.loads(text)
    slightly["tests"]["p1"]["steps"][0]["rtol"] = 1e-4 * (1 + 1e-7)
    slightly["tests"]["p1"]["version"] = "0000"
    assert not making.update(json.dumps(slightly), path)
    assert making.update(text.replace('"one"', '"two"'), path)


def test_a_cell_gets_the_version_of_its_table():
    cell = 'from cnnlib import check\n\ncheck.part("toy/p1", double)'
    assert name_of_part(cell) == "toy/p1"
    assert with_version(cell, "3f9a").endswith('check.part("toy/p1", double, table="3f9a")')
    long = 'check.part(\n    "toy/p1",\n    double,\n)'
    assert nbformat.v4.new_code_cell(with_version(long, "3f9a")).source.endswith('double, table="3f9a")')
    assert name_of_part("assert True") is None
    assert name_of_part("!ls") is None
