"""The challenge's reference entries on real photographs: as many right answers as are recorded."""

import json
from pathlib import Path

import pytest
import torch
from on_cifar10 import ROOT, cifar10

from cnnlib import challenge

ENTRIES = sorted((ROOT / "solutions/challenge_entries").glob("*.json"))


@pytest.fixture(scope="module")
def pictures() -> tuple[torch.Tensor, torch.Tensor]:
    return cifar10(1, 500)["test"]


@pytest.mark.parametrize("record", ENTRIES, ids=lambda path: path.stem)
def test_on_cifar10_the_first_500_test_images_are_classified_as_recorded(
    record: Path, pictures: tuple[torch.Tensor, torch.Tensor], tmp_path: Path
):
    entry, (images, labels) = json.loads(record.read_text()), pictures
    mean, std = (torch.tensor(entry["standardized_with"][name]) for name in ("mean", "std"))
    x = ((images / 255 - mean) / std).permute(0, 3, 1, 2).contiguous()
    scored = challenge.rounded(record.with_suffix(".onnx"), tmp_path / "rounded.onnx")
    correct = int((torch.from_numpy(challenge.predict(scored, x.numpy())) == labels).sum())
    assert abs(correct - entry["test"]["correct_of_first_500"]) <= 1  # another CPU's last bits
