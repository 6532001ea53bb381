"""The challenge's reference entries: their recipe, and what is recorded of each against its file."""

import importlib.util
import json
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import cnnlib
from cnnlib import challenge

FOLDER = Path(__file__).resolve().parents[2] / "solutions" / "challenge_entries"
ENTRIES = sorted(FOLDER.glob("*.json"))


def load_recipes():
    spec = importlib.util.spec_from_file_location("recipes", FOLDER / "recipes.py")
    sys.modules["recipes"] = module = importlib.util.module_from_spec(spec)  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


recipes = load_recipes()


def folded_parameters(network: nn.Module) -> int:
    """Weights, and one bias for each channel of a normalization."""
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    return sum(p.numel() for p in network.parameters()) - sum(norm.num_features for norm in norms)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """A few images of each split of shapes10, the same for each run."""
    loaders = cnnlib.load("shapes10")
    path = tmp_path_factory.mktemp("data") / "few.npz"
    splits = {"train": loaders.train, "val": loaders.val, "test": loaders.test}
    images = {f"{name}_images": loader.images[:200].numpy() for name, loader in splits.items()}
    np.savez(path, **images, **{f"{name}_labels": splits[name].labels[:200].numpy() for name in splits})
    return path


def run(data: Path, folder: Path, *options: str) -> None:
    """Two epochs of two steps each, unless the options say otherwise."""
    fixed = {"--data": data, "--work": folder, "--entries": folder, "--budget": 10_000, "--seed": 5}
    steps = {"--batch-size": 100, "--epochs": 2}
    recipes.main([str(word) for pair in (fixed | steps).items() for word in pair] + list(options))


@pytest.fixture(scope="module")
def uninterrupted(data, tmp_path_factory) -> Path:
    """The folder of a run in one go, with the entry."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    run(data, folder, "--final")
    return folder


@pytest.mark.parametrize("budget", challenge.BUDGETS)
def test_each_budget_has_a_network_that_uses_nearly_all_of_it(budget):
    assert 0.95 * budget < folded_parameters(recipes.build(recipes.SHAPES[budget])) < budget


def test_the_official_count_of_an_entry_is_its_weights_and_a_bias_a_channel(uninterrupted):
    entry = json.loads((uninterrupted / "10k.json").read_text())
    assert entry["parameters"] == challenge.count_parameters(uninterrupted / "10k.onnx")
    assert entry["parameters"] == folded_parameters(recipes.build(recipes.SHAPES[10_000]))


def test_the_file_gives_the_scores_of_the_trained_network_and_its_mirror_image(uninterrupted):
    network = recipes.build(recipes.SHAPES[10_000])
    network.load_state_dict(torch.load(uninterrupted / "10k.pt", weights_only=True)["network"])
    network.eval()
    x = torch.randn(200, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = (network(x) + network(x.flip(3))).argmax(dim=1)
    same = torch.from_numpy(challenge.predict(uninterrupted / "10k.onnx", x.numpy())) == expected
    assert same.float().mean() >= 0.99  # a tie may go either way in the last bits


def test_a_resumed_run_ends_where_an_uninterrupted_one_does(data, uninterrupted, tmp_path):
    run(data, tmp_path, "--until", "1")
    half = torch.load(tmp_path / "10k.pt", weights_only=True)
    assert len(half["history"]["val_accuracy"]) == 1
    run(data, tmp_path, "--resume")
    resumed, whole = (torch.load(f / "10k.pt", weights_only=True) for f in (tmp_path, uninterrupted))
    assert resumed["scheduler"]["last_epoch"] == whole["scheduler"]["last_epoch"] == 4
    for name in ("train_loss", "val_loss", "val_accuracy"):
        assert resumed["history"][name] == whole["history"][name]
    assert whole["history"]["train_loss"][0] != whole["history"]["train_loss"][1]
    for name, tensor in whole["network"].items():
        assert torch.equal(resumed["network"][name], tensor), name


def test_without_final_no_entry_is_written(data, tmp_path):
    run(data, tmp_path, "--until", "1")
    run(data, tmp_path, "--until", "1", "--resume", "--final")  # not at its end yet
    assert [path.name for path in tmp_path.iterdir()] == ["10k.pt"]


def test_an_entry_is_scored_on_the_test_images_once(data, uninterrupted):
    before = (uninterrupted / "10k.json").read_bytes()
    with pytest.raises(SystemExit, match="test images are looked at once"):
        run(data, uninterrupted, "--resume", "--final")
    assert (uninterrupted / "10k.json").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "sentence"),
    [(["--resume", "--name", "none"], "no checkpoint"), (["--resume", "--seed", "6"], "other options")],
)
def test_a_run_that_cannot_be_resumed_is_refused_in_a_sentence(data, uninterrupted, options, sentence):
    with pytest.raises(SystemExit, match=sentence):
        run(data, uninterrupted, *options)


# --- what is recorded --------------------------------------------------------------------------------
@pytest.mark.parametrize("record", ENTRIES, ids=lambda path: path.stem)
class TestRecorded:
    def test_file_agrees_with_its_record_and_breaks_no_rule(self, record):
        entry, path = json.loads(record.read_text()), record.with_suffix(".onnx")
        inspection = challenge.inspect(path)
        assert inspection.problems == []
        assert inspection.parameters == entry["parameters"] <= entry["budget"]
        assert path.stat().st_size == entry["bytes"] < challenge.MAX_BYTES

    def test_accuracies_and_intervals_follow_from_the_counts(self, record):
        entry = json.loads(record.read_text())
        for split in ("validation", "test"):
            result = entry[split]
            assert result["accuracy"] == round(result["correct"] / result["images"], 4)
            bounds = challenge.wilson(result["correct"], result["images"])
            assert result["interval_95"] == [round(bound, 4) for bound in bounds]

    def test_command_makes_the_recorded_recipe(self, record, monkeypatch, tmp_path):
        entry, made = json.loads(record.read_text()), []
        monkeypatch.setattr(
            recipes, "train_network", lambda recipe, *_, **__: made.append(recipe) or sys.exit()
        )
        python, script, *options = shlex.split(entry["command"])
        assert (python, script) == ("python", "solutions/challenge_entries/recipes.py")
        with pytest.raises(SystemExit):
            recipes.main([*options, "--entries", str(tmp_path)])
        assert recipes.asdict(made[0]) == {name: entry[name] for name in recipes.asdict(made[0])}
        assert recipes.asdict(recipes.SHAPES[entry["budget"]]) == entry["architecture"]
