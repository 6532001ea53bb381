"""The assignment's last part: from its training cell to the text, and what is said about hostile texts."""

import base64
import zlib

import numpy as np
import onnx
import pytest
import torch
from assignments import module_of, source
from challenge_models import model, node, tensor, weights

import cnnlib
from cnnlib import challenge, check
from cnnlib.data import unseen

CELLS = {cell.id: cell.source for cell in source("challenge").cells if cell.cell_type == "code"}
HIDDEN = ("hidden_p5_sixty", "hidden_p5_seventy_five", "hidden_p5_eighty_five")


def as_it_is(proto: onnx.ModelProto) -> str:
    """The text of a file that `as_text` may refuse."""
    return base64.b64encode(zlib.compress(proto.SerializeToString())).decode()


def shown(text: object) -> str | None:
    """What the visible test says about a submission: None if it passes."""
    try:
        check.part("challenge/p5-submission", lambda: text)
    except check.WrongAnswer as error:
        return str(error)
    return None


def reached(text: object) -> list[str]:
    """The hidden tests that a submission passes."""
    passed = []
    for name in HIDDEN:
        try:
            getattr(module_of("challenge"), name)(lambda: text)
        except check.WrongAnswer:
            continue
        passed.append(name)
    return passed


# Few parameters, and a map of 200,000 × 200,000 places: 480 GB.
LARGE = model(
    [node("Resize", ["images", "", "by"], ["large"]), node("GlobalAveragePool", ["large"], ["mean"])],
    [tensor("by", [1, 1, 6_250, 6_250])],
)
RANDOM = model([node("Identity", ["linear"], ["same"])], last="same")
OVER = model(
    [node("Gemm", ["linear", "w"], ["wide"]), node("Gemm", ["wide", "v"], ["back"])],
    [tensor("w", weights(10, 250)), tensor("v", weights(250, 10, seed=3))],
    last="back",
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is no model yet: set TRAIN = True"),
        (7, "returned int, expected text"),
        ("A" * 3_000_000, "at most 2,000,000"),
        (base64.b64encode(zlib.compress(bytes(100_000_000))).decode(), "more than 1,000,000 bytes"),
        (base64.b64encode(zlib.compress(b"not a model")).decode(), "not an ONNX model"),
        (as_it_is(model(input_shape=("N", 3, 28, 28))), "expected (N, 3, 32, 32)"),
        (as_it_is(model(input_shape=(250, 3, 32, 32))), "batch size is fixed"),
        (as_it_is(LARGE), "numbers for one image"),
        (as_it_is(OVER), "holds 5,040 parameters; at most 5,000 are allowed"),
        (as_it_is(RANDOM), "guessing gives 10%"),
    ],
    ids=["none", "int", "long", "bomb", "other", "shape", "batch", "large", "over", "random"],
)
def test_a_bad_text_gets_a_sentence_and_no_point(text, sentence):
    assert sentence in (shown(text) or "passed")
    assert reached(text) == []


@pytest.mark.parametrize(
    ("accuracy", "tests"), [(0.59, 0), (0.6, 1), (0.74, 1), (0.75, 2), (0.85, 3), (1.0, 3)]
)
def test_each_threshold_asks_for_the_score_on_the_same_unseen_images(accuracy, tests, monkeypatch):
    asked = []

    def score_drawn(text: str, **options: int) -> tuple[int, float]:
        asked.append((text, *sorted(options.items())))
        return 5_000, accuracy

    monkeypatch.setattr(challenge, "score_drawn", score_drawn)
    assert reached("text") == list(HIDDEN[:tests])
    assert shown("text") is None
    *hidden, visible = asked
    assert len(hidden) == 3
    assert len(set(hidden)) == 1
    assert dict(visible[1:])["seed"] != dict(hidden[0][1:])["seed"]


def test_from_the_training_cell_to_the_text(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for name in ("setup", "p2-block", "p2-build"):
        exec(CELLS[name], names)
    names["design"] = lambda: names["build"](5_000)
    loaders = cnnlib.load("shapes10", batch_size=64)
    statistics = torch.stack([loaders.mean, loaders.std])
    assert np.allclose([unseen._MEAN, unseen._STD], statistics, atol=1e-6)
    loaders.train.images, loaders.train.labels = loaders.train.images[:640], loaders.train.labels[:640]
    names["load"] = lambda *arguments, **options: loaders

    exec(CELLS["p5-train"], names)
    exec(CELLS["p5-export"], names)
    assert capsys.readouterr().out.count("set TRAIN = True") == 2  # and nothing else is done
    assert not any(tmp_path.iterdir())

    changed = (
        CELLS["p5-train"]
        .replace("TRAIN = False", "TRAIN = True")
        .replace("EPOCHS, PEAK = 6", "EPOCHS, PEAK = 1")
    )
    exec(changed, names)
    exec(CELLS["p5-export"], names)
    printed = capsys.readouterr().out
    answer: dict = {}
    exec(printed[printed.index("def submission") :], answer)
    path = challenge.from_text(answer["submission"](), tmp_path / "back.onnx")
    assert challenge.inspect(path).problems == []

    pictures, labels = cnnlib.data.shapes10.draw(200, seed=5)
    x = (torch.from_numpy(pictures).permute(0, 3, 1, 2) / 255 - loaders.mean[:, None, None]) / loaders.std[
        :, None, None
    ]
    right = challenge.predict(path, x.contiguous().numpy()) == labels
    assert challenge.score_drawn(answer["submission"](), images=200, seed=5, most=5_000) == (
        challenge.count_parameters(path),
        right.mean(),
    )

    # The count that parts 1 and 2 compute by rule, with w = 20, is that of the exported file.
    assert challenge.count_parameters(path) == 7 * 20**2 + 93 * 20 + 10
