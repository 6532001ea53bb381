"""cnnlib.data.cifar10: found, downloaded or refused, with a small archive."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from archive_host import ARCHIVE, LABELS, MD5, NAME, PER_BATCH, Host, make_archive, string

from cnnlib import data
from cnnlib.data import cifar10


@pytest.fixture
def host() -> Iterator[Host]:
    with Host() as host:
        yield host


@pytest.fixture(autouse=True)
def no_other_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a person's own cache folder out of the tests."""
    monkeypatch.setenv("CNNLIB_DATA", str(tmp_path / "cache"))
    monkeypatch.delenv("CNNLIB_OFFLINE", raising=False)


def expected() -> dict[str, np.ndarray]:
    """The images of the archive above, made without reading it."""
    random = np.random.default_rng(0)
    rows = [random.integers(0, 256, (PER_BATCH, 3072), dtype=np.uint8) for _ in range(6)]
    planes = [np.stack([row[:, k * 1024 : (k + 1) * 1024] for k in range(3)], axis=2) for row in rows]
    images = [plane.reshape(PER_BATCH, 32, 32, 3) for plane in planes]
    return {"train_images": np.concatenate(images[:5]), "test_images": images[5]}


def assert_is_the_archive(arrays: dict[str, np.ndarray]) -> None:
    for key, images in expected().items():
        assert np.array_equal(arrays[key], images)
    assert arrays["train_labels"].tolist() == list(LABELS) * 5
    assert arrays["test_labels"].tolist() == list(LABELS)
    assert {array.dtype.name for key, array in arrays.items() if "labels" in key} == {"int64"}


def test_a_download_is_stored_once_as_an_npz_file(host: Host, tmp_path: Path):
    assert_is_the_archive(cifar10.load(tmp_path / "new" / "folder", source=host.source("good")))
    assert os.listdir(tmp_path / "new" / "folder") == ["cifar10.npz"]
    assert_is_the_archive(cifar10.load(tmp_path / "new" / "folder", source=host.source("good")))
    assert host.asked() == ["good"]


def test_the_environment_variable_names_the_folder(host: Host, tmp_path: Path):
    cifar10.load(source=host.source("good"))
    assert (tmp_path / "cache" / "cifar10.npz").is_file()


def test_an_archive_in_the_folder_is_used_without_a_network_and_kept(host: Host, tmp_path: Path):
    (tmp_path / NAME).write_bytes(ARCHIVE)
    assert_is_the_archive(cifar10.load(tmp_path, source=host.source("good")))
    assert host.requests == []
    assert sorted(os.listdir(tmp_path)) == [NAME, "cifar10.npz"]


def test_a_damaged_archive_is_put_aside_and_downloaded_again(host: Host, tmp_path: Path):
    (tmp_path / NAME).write_bytes(ARCHIVE[:-1])
    assert_is_the_archive(cifar10.load(tmp_path, source=host.source("good")))
    assert sorted(os.listdir(tmp_path)) == [f"{NAME}.damaged", "cifar10.npz"]


def test_a_damaged_archive_without_a_network_is_reported(host: Host, tmp_path: Path):
    (tmp_path / NAME).write_bytes(ARCHIVE[:-1])
    with pytest.raises(
        FileNotFoundError, match=r"there is damaged .wrong checksum. and it could not be down"
    ):
        cifar10.load(tmp_path, source=host.source("missing"))


def test_no_network_and_no_data_says_where_it_looked_and_what_to_do(host: Host, tmp_path: Path):
    with pytest.raises(FileNotFoundError) as caught:
        cifar10.load(tmp_path, source=host.source("missing"))
    message = str(caught.value)
    for part in (f"looked for in {tmp_path}.", "answers 404", f"put {NAME} or cifar10.npz", '"shapes10"'):
        assert part in message
    assert "\n" not in message


def test_nothing_is_downloaded_where_that_is_forbidden(host: Host, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("CNNLIB_OFFLINE", "1")
    with pytest.raises(FileNotFoundError, match="CNNLIB_OFFLINE forbids"):
        cifar10.load(tmp_path, source=host.source("good"))
    assert host.requests == []


def test_a_fallback_is_loaded_and_named_where_cifar10_is_missing(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setenv("CNNLIB_OFFLINE", "1")
    loaders = data.load("cifar10", root=tmp_path, fallback="shapes10")
    assert loaders.classes == data.load("shapes10").classes
    assert capsys.readouterr().out.count("shapes10 instead") == 1
    with pytest.raises(ValueError, match="is unknown"):
        data.load("cifar10", root=tmp_path, fallback="mnist")


def test_no_fallback_hides_a_damaged_file(tmp_path: Path):
    (tmp_path / "cifar10.npz").write_bytes(b"no archive")
    with pytest.raises(ValueError, match="cifar10"):
        data.load("cifar10", root=tmp_path, fallback="shapes10")


def test_a_folder_that_cannot_be_written_is_reported(host: Host, tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(
        OSError, match=r"CIFAR-10 cannot be stored in .*file.*name a folder that you may write"
    ):
        cifar10.load(tmp_path / "file" / "folder", source=host.source("good"))
    assert host.requests == []


def test_an_archive_loads_where_the_npz_file_cannot_be_written(host: Host, tmp_path: Path):
    (tmp_path / NAME).write_bytes(ARCHIVE)
    (tmp_path / "cifar10.npz").mkdir()  # writing it fails, also for root
    with pytest.warns(UserWarning, match="so the archive is read each time"):
        assert_is_the_archive(cifar10.load(tmp_path, source=host.source("good")))
    assert sorted(os.listdir(tmp_path)) == [NAME, "cifar10.npz"]


def test_a_damaged_npz_file_is_reported(tmp_path: Path):
    (tmp_path / "cifar10.npz").write_bytes(b"PK half a file")
    with pytest.raises(ValueError, match=r"cifar10.npz is damaged .* delete it"):
        data.load("cifar10", root=tmp_path)


def test_a_pickle_that_would_run_code_is_refused_even_with_the_right_checksum(tmp_path: Path):
    evil = make_archive(labels=b"cos\nmkdir\n(" + string(str(tmp_path / "made").encode()) + b"tR")
    (tmp_path / NAME).write_bytes(evil)
    source = cifar10.Source((), hashlib.md5(evil).hexdigest(), len(evil))
    with pytest.raises(ValueError, match=r"asks for os.mkdir, which no array needs"):
        cifar10.load(tmp_path, source=source)
    assert os.listdir(tmp_path) == [NAME]


def test_a_killed_download_leaves_no_half_file_and_the_next_run_goes_on(host: Host, tmp_path: Path):
    code = (
        "import sys; from cnnlib.data import cifar10;"
        "cifar10.load(sys.argv[1], source=cifar10.Source((sys.argv[2],), sys.argv[3], int(sys.argv[4])))"
    )
    [stalling] = host.urls("stall")
    arguments = [sys.executable, "-c", code, str(tmp_path), stalling, MD5, str(len(ARCHIVE))]
    process = subprocess.Popen(arguments, stderr=subprocess.DEVNULL)
    part = tmp_path / f"{NAME}.part"
    try:
        while not (part.exists() and part.stat().st_size > 100_000):
            assert process.poll() is None, "the download ended by itself"
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert os.listdir(tmp_path) == [part.name]
    there = part.stat().st_size
    assert_is_the_archive(cifar10.load(tmp_path, source=host.source("good")))
    assert host.requests[-1] == ("good", f"bytes={there}-")
    assert os.listdir(tmp_path) == ["cifar10.npz"]


def test_the_real_source_is_torchvisions_with_its_checksum():
    from torchvision.datasets import CIFAR10

    assert cifar10.SOURCE.urls[0] == CIFAR10.url
    assert cifar10.SOURCE.md5 == CIFAR10.tgz_md5
    assert all(url.startswith("https://") for url in cifar10.SOURCE.urls)
    assert len(set(cifar10.SOURCE.urls)) == len(cifar10.SOURCE.urls)
