"""An inbox full of attacks, scored by the real command: none earns a score, none stops the run."""

import io
import os
import pickle
import shutil
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import board_networks as models
import leaderboard_runs as runs
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

MARKUP = '<img src=x onerror="alert(1)">`` ```````'
SECONDS, MEMORY = 4, 150


def node(kind: str, inputs: str, output: str, **attributes: object) -> onnx.NodeProto:
    return helper.make_node(kind, inputs.split(), [output], **attributes)


def batch_mean(weights: np.ndarray, bias: np.ndarray) -> onnx.ModelProto:
    """Looks at the other images of the batch."""
    before = [node("ReduceMean", "images", "m", axes=[0], keepdims=1), node("Sub", "images m", "start")]
    return models.network(weights, bias, before=before, start="start")


def batch_size(weights: np.ndarray, bias: np.ndarray) -> onnx.ModelProto:
    """Multiplies by the size of the batch less one, so images alone are all alike."""
    one = {"one": np.ones((), np.float32)}
    before = [
        node("Shape", "images", "s", start=0, end=1),
        node("Cast", "s", "f", to=TensorProto.FLOAT),
        node("Sub", "f one", "d"),
        node("Mul", "images d", "start"),
    ]
    return models.network(weights, bias, before=before, start="start", more=one)


def no_number(weights: np.ndarray, bias: np.ndarray) -> onnx.ModelProto:
    """The root of a negative number, for every image."""
    before = [
        node("Abs", "images", "a"),
        node("Neg", "a", "n"),
        node("Sub", "n one", "below"),
        node("Sqrt", "below", "start"),
    ]
    return models.network(weights, bias, before=before, start="start", more={"one": np.ones((), np.float32)})


def memory_bomb(weights: np.ndarray, bias: np.ndarray) -> onnx.ModelProto:
    """Enlarges every image to 576 x 576: 50 of them take 200 MB."""
    scales = numpy_helper.from_array(np.array([1, 1, 18, 18], np.float32), "scales")
    before = [
        node("Constant", "", "scales", value=scales),
        helper.make_node("Resize", ["images", "", "scales"], ["start"]),
    ]
    return models.network(weights, bias, before=before, start="start")


def time_bomb(weights: np.ndarray, bias: np.ndarray) -> onnx.ModelProto:
    """One set of weights, used by two hundred convolutions of large maps."""
    more = {
        "in": np.ones((48, 3, 1, 1), np.float32),
        "again": np.full((48, 48, 3, 3), 1e-3, np.float32),
        "out": np.ones((3, 48, 1, 1), np.float32),
    }
    before = [node("Conv", "images in", "x0")]
    before += [node("Conv", f"x{i} again", f"x{i + 1}", pads=[1] * 4) for i in range(200)]
    before += [node("Conv", "x200 out", "start")]
    return models.network(weights, bias, before=before, start="start", more=more)


def enormous(weights: np.ndarray, bias: np.ndarray) -> bytes:
    """Claims a tensor of 160 GB."""
    model = models.network(weights, bias)
    model.graph.initializer[0].dims[:] = [200_000, 200_000]
    return model.SerializeToString()


def repacked(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same network under other names."""
    copy = onnx.ModelProto.FromString(model.SerializeToString())
    copy.graph.name, copy.producer_name, copy.doc_string = "mine", "me", "my own work"
    return copy


def hostile_files(means: np.ndarray, original: onnx.ModelProto) -> dict[str, onnx.ModelProto | bytes]:
    """By the team that hands it in, what must get no score."""
    weights, bias = models.nearest(means)
    whole = original.SerializeToString()
    noisy = models.nearest(means, "rgb", noise=1e-3)
    return {
        "truncated": whole[: len(whole) // 2],
        "empty": b"",
        "text": b"hello, I am a network",
        "pickle": pickle.dumps({"weights": weights}),
        "large": whole + b"\0" * 1_000_001,
        "greedy": models.padded(weights, bias, 201_000),
        "shape": models.network(weights, bias, shape=("N", 3, 28, 28)),
        "enormous": enormous(weights, bias),
        "batchmean": batch_mean(weights, bias),
        "batchsize": batch_size(weights, bias),
        "memory": memory_bomb(weights, bias),
        "time": time_bomb(weights, bias),
        "samefile": whole,
        "repacked": repacked(original),
        "perturbed": models.network(*noisy),
    }


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """The inbox, and what the command did with it."""
    folder = tmp_path_factory.mktemp("attacked")
    images = models.write_images(folder / "images.npz")
    means = models.centers(images)
    inbox = folder / "inbox"
    original = models.network(*models.nearest(means))
    models.save(original, inbox / "aaa" / "submission.onnx")
    models.save(models.network(*models.nearest(means, "g")), inbox / "html" / "<b>x</b>.onnx")
    models.save(no_number(*models.nearest(means, "b")), inbox / "nan" / "m.onnx")
    hostile = hostile_files(means, original)
    for team, content in hostile.items():
        data = content if isinstance(content, bytes) else content.SerializeToString()
        (inbox / team).mkdir(parents=True)
        (inbox / team / "m.onnx").write_bytes(data)
    secret = models.save(models.network(*models.nearest(means, "r")), folder / "secret.onnx")
    for team in ("link", "linked", "pipe", "traversal", "impostor"):
        (inbox / team).mkdir()
    (inbox / "link/m.onnx").symlink_to(secret)
    (inbox / "linked/folder").symlink_to(folder)
    os.mkfifo(inbox / "pipe/m.onnx")
    with zipfile.ZipFile(inbox / "traversal/m.zip", "w") as file:
        file.writestr("../../../../evil.onnx", secret.read_bytes())
        file.writestr("/tmp/evil-absolute.onnx", secret.read_bytes())
        link = zipfile.ZipInfo("link.onnx")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
    # Claims to be another team inside the file, and by the file's name.
    claims = models.network(*models.nearest(means, "rb"), name="aaa")
    claims.producer_name = "aaa"
    models.save(claims, inbox / "impostor" / "aaa.onnx")
    teams = ["aaa", "html", "nan", *hostile, "link", "linked", "pipe", "traversal", "impostor"]
    shown = {"html": MARKUP, "nan": "=cmd()|' /C calc'!A0"}
    rows = [[team, team, shown.get(team, team)] for team in teams]
    roster = io.StringIO()
    runs.csv.writer(roster).writerows([["student", "team", "display"], *rows])
    (folder / "class.csv").write_text(roster.getvalue())
    before = sorted(path for path in folder.rglob("*"))
    code, printed = runs.run(
        inbox, images, folder / "out", "--roster", folder / "class.csv", "--received", runs.DAY,
        "--seconds", SECONDS, "--memory", MEMORY, "--workers", 1,
    )  # fmt: skip
    return SimpleNamespace(
        folder=folder, inbox=inbox, output=folder / "out", hostile=hostile, code=code, printed=printed,
        before=before, images=images, shown=shown,
    )  # fmt: skip


def told(attacked: SimpleNamespace, team: str) -> list[str]:
    """What the summary says about a team's submission; each sentence stands on a line of its own."""
    lines = [line.strip() for line in attacked.printed.splitlines() if line.startswith("  ")]
    return [line for line in lines if line.startswith((f"{team}:", f"{team}/", f"{team} "))]


SAID = {
    "truncated": "not an ONNX model",
    "empty": "is empty",
    "text": "not an ONNX model",
    "pickle": "not an ONNX model",
    "large": "larger than 1,000,000 bytes",
    "greedy": "largest board ends at 200,000",
    "shape": "32",
    "enormous": "",
    "batchmean": "batch",
    "batchsize": "",
    "memory": "MB of memory",
    "time": f"not done after {SECONDS} seconds",
    "samefile": "the same file as an earlier one of aaa",
    "repacked": "nearly the same answers as an earlier one of aaa",
    "perturbed": "nearly the same answers as an earlier one of aaa",
    "link": "is a link",
    "linked": "is a link",
}


def test_the_run_goes_to_its_end_and_says_that_something_got_no_score(attacked):
    assert attacked.code == 1, attacked.printed
    assert "Traceback" not in attacked.printed
    assert (attacked.output / "site/leaderboard.md").is_file()


@pytest.mark.parametrize("team", SAID)
def test_an_attack_gets_no_score_and_one_sentence(attacked, team):
    assert team not in runs.names(attacked.output)
    (sentence,) = told(attacked, team)
    assert SAID[team] in sentence
    assert len(sentence) < 300


def test_only_what_is_honest_has_a_score(attacked):
    assert set(SAID) >= set(attacked.hostile)
    scores = {entry["name"]: entry["public"]["accuracy"] for entry in runs.board(attacked.output, 200_000)}
    listed = {name for name in scores if name in runs.names(attacked.output)}
    assert listed == {"aaa", "impostor", *{" ".join(name.split()) for name in attacked.shown.values()}}
    assert scores[attacked.shown["nan"]] == 0.0
    assert scores["aaa"] > scores["impostor"] > 50


def test_what_is_not_finite_counts_as_wrong_and_is_told(attacked):
    (row,) = [row for row in runs.submissions(attacked.output) if row["team"] == "nan"]
    assert (row["status"], row["public_accuracy"]) == ("scored", "0")
    assert "600 of 600 images count as wrong" in row["message"]


def test_a_file_that_names_another_team_counts_for_the_one_whose_folder_it_is_in(attacked):
    teams = [(row["team"], row["file"]) for row in runs.submissions(attacked.output)]
    assert ("impostor", "aaa.onnx") in teams
    assert [file for team, file in teams if team == "aaa"] == ["submission.onnx"]


def test_nothing_is_written_outside_and_kept_files_have_the_servers_names(attacked):
    after = {path for path in attacked.folder.rglob("*") if attacked.output not in path.parents}
    assert after - {attacked.output} == set(attacked.before)
    assert not Path("/tmp/evil-absolute.onnx").exists()
    for kept in (attacked.output / "data/models").iterdir():
        assert len(kept.stem) == 64
        assert set(kept.stem) <= set("0123456789abcdef")
        assert not kept.is_symlink()
    assert "evil.onnx has a name that points outside the zip" in attacked.printed
    assert "pipe" not in {row["team"] for row in runs.submissions(attacked.output)}


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def test_names_are_text_on_the_page_and_in_spreadsheets(attacked):
    page = (attacked.output / "site/leaderboard.md").read_text()
    tags = Tags()
    tags.feed(page)
    assert not [tag for tag, about in tags.found if tag in ("img", "script", "b") or "onerror" in about]
    assert "&lt;img src=x" in page
    fences = [line for line in page.splitlines() if line.startswith("```")]
    assert set(fences) == {"```````{raw} html", "```````"}
    assert "```" not in "".join(line for line in page.splitlines() if not line.startswith("```"))
    table = (attacked.output / "site/_static/leaderboard.csv").read_text()
    assert ",\"'=cmd()" in table or ",'=cmd()" in table


def test_an_honest_class_beside_the_attacks_gets_the_same_scores(attacked, tmp_path):
    honest = tmp_path / "inbox"
    for team in ("aaa", "impostor"):
        shutil.copytree(attacked.inbox / team, honest / team)
    output = runs.only_scores(attacked.output, tmp_path / "out")
    runs.run_here(
        honest, attacked.images, output, "--roster", attacked.folder / "class.csv", "--received", runs.DAY
    )
    alone = {entry["name"]: entry["public"] for entry in runs.board(output, 10_000)}
    beside = {entry["name"]: entry["public"] for entry in runs.board(attacked.output, 10_000)}
    assert {name: beside[name] for name in alone} == alone
