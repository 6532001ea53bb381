"""cnnlib.cifar10 and cnnlib.download, against a server on this machine with a small archive."""

import contextlib
import hashlib
import http.server
import io
import os
import signal
import struct
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnlib import cifar10, data, download

PER_BATCH = 20


def string(value: bytes) -> bytes:
    """Pickle a string as Python 2 did, in which the real archive was made."""
    return b"T" + struct.pack("<i", len(value)) + value


def pickled(images: np.ndarray, labels: bytes) -> bytes:
    """Pickle one batch as Python 2 and NumPy 1 did: protocol 2, byte strings, numpy.core.multiarray."""
    rows, columns = (b"M" + struct.pack("<H", size) for size in images.shape)
    empty = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85" + string(b"b") + b"tR"
    dtype = (
        b"cnumpy\ndtype\n("
        + string(b"u1")
        + b"K\x00K\x01tR(K\x03"
        + string(b"|")
        + b"NNN"
        + b"J\xff\xff\xff\xff" * 2
    )
    state = b"(K\x01" + rows + columns + b"\x86" + dtype + b"K\x00tb\x89" + string(images.tobytes()) + b"tb"
    items = string(b"batch_label") + string(b"training batch 1 of 5")
    items += string(b"data") + empty + state + string(b"labels") + labels
    return b"\x80\x02}(" + items + b"u."


LABELS = bytes(k % 10 for k in range(PER_BATCH))


def make_archive(labels: bytes = b"](" + b"".join(b"K" + bytes([label]) for label in LABELS) + b"e") -> bytes:
    """Build an archive laid out like CIFAR-10's, with 20 random images a batch."""
    random = np.random.default_rng(0)
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for name in [*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]:
            content = pickled(random.integers(0, 256, (PER_BATCH, 3072), dtype=np.uint8), labels)
            entry = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


ARCHIVE = make_archive()
MD5 = hashlib.md5(ARCHIVE).hexdigest()
NAME = "cifar-10-python.tar.gz"


class Host:
    """A server whose paths behave in different ways; `requests` lists each path asked for with its range."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str | None]] = []
        self.stopped = threading.Event()
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                asked = self.headers.get("Range")
                kind = self.path.strip("/")
                host.requests.append((kind, asked))
                if kind == "missing":
                    return self.send_error(404)
                start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and kind != "norange" else 0
                body = {"html": b"<html>Login</html>", "wrong": bytes(len(ARCHIVE))}.get(kind, ARCHIVE)[
                    start:
                ]
                self.send_response(206 if start else 200)
                if start:
                    self.send_header("Content-Range", f"bytes {start}-{len(ARCHIVE) - 1}/{len(ARCHIVE)}")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                # The client gives up on a bad host, as it should.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self.send_body(kind, body)
                return None

            def send_body(self, kind: str, body: bytes) -> None:
                if kind in ("cut", "stall"):
                    self.wfile.write(body[: len(body) // 2])
                    if kind == "stall":
                        host.stopped.wait()
                elif kind == "drip":
                    for start in range(0, len(body), 4000):
                        self.wfile.write(body[start : start + 4000])
                        if host.stopped.wait(0.02):
                            return
                else:
                    self.wfile.write(body)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def urls(self, *kinds: str) -> tuple[str, ...]:
        return tuple(f"http://127.0.0.1:{self.server.server_port}/{kind}" for kind in kinds)

    def source(self, *kinds: str) -> cifar10.Source:
        return cifar10.Source(self.urls(*kinds), MD5, len(ARCHIVE))

    def asked(self) -> list[str]:
        return [kind for kind, _ in self.requests]


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host()
    yield host
    host.stopped.set()
    host.server.shutdown()
    host.server.server_close()


@pytest.fixture(autouse=True)
def no_other_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a person's own cache folder out of the tests."""
    monkeypatch.setenv("CNNLIB_DATA", str(tmp_path / "cache"))


def fetch(host: Host, path: Path, *kinds: str, **limits: float) -> None:
    limits = {"timeout": 2.0, "patience": 60.0} | limits
    download.fetch(host.urls(*kinds), path, md5=MD5, size=len(ARCHIVE), **limits)


# --- one file from several hosts -----------------------------------------------------------------------
@pytest.mark.parametrize("bad", ["missing", "html", "wrong", "stall", "cut"])
def test_a_host_that_fails_gives_way_to_the_next(host: Host, tmp_path: Path, bad: str):
    fetch(host, tmp_path / NAME, bad, "good", timeout=0.5)
    assert (tmp_path / NAME).read_bytes() == ARCHIVE
    assert host.asked() == [bad, "good"]
    assert os.listdir(tmp_path) == [NAME]


def test_a_host_that_cannot_be_reached_gives_way_to_the_next(host: Host, tmp_path: Path):
    closed = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    closed.server_close()
    urls = (f"http://127.0.0.1:{closed.server_port}/", *host.urls("good"))
    download.fetch(urls, tmp_path / NAME, md5=MD5, size=len(ARCHIVE))
    assert (tmp_path / NAME).read_bytes() == ARCHIVE


def test_a_slow_host_gives_way_and_the_next_goes_on_from_there(host: Host, tmp_path: Path):
    fetch(host, tmp_path / NAME, "drip", "good", patience=0.3, slow=10**9)
    assert (tmp_path / NAME).read_bytes() == ARCHIVE
    assert host.asked() == ["drip", "good"]
    assert host.requests[1][1] is not None, "what the slow host gave was thrown away"


def test_a_slow_host_is_better_than_none(host: Host, tmp_path: Path):
    fetch(host, tmp_path / NAME, "drip", "missing", patience=0.3, slow=10**9)
    assert (tmp_path / NAME).read_bytes() == ARCHIVE
    assert host.asked() == ["drip", "missing", "drip"]


def test_a_partial_download_is_resumed_where_it_stopped(host: Host, tmp_path: Path):
    with pytest.raises(download.DownloadError, match=r"closed the connection early|broke the connection"):
        fetch(host, tmp_path / NAME, "cut")
    there = (tmp_path / f"{NAME}.part").stat().st_size
    assert 0 < there < len(ARCHIVE)
    host.requests.clear()
    fetch(host, tmp_path / NAME, "good")
    assert host.requests == [("good", f"bytes={there}-")]
    assert (tmp_path / NAME).read_bytes() == ARCHIVE


def test_a_host_that_cannot_resume_completes_a_partial_download(host: Host, tmp_path: Path):
    (tmp_path / f"{NAME}.part").write_bytes(ARCHIVE[:100_000])
    fetch(host, tmp_path / NAME, "norange")
    assert (tmp_path / NAME).read_bytes() == ARCHIVE


@pytest.mark.parametrize("junk", [b"junk" * 100, b"junk" * len(ARCHIVE), bytes(len(ARCHIVE))])
def test_a_damaged_partial_download_starts_over(host: Host, tmp_path: Path, junk: bytes):
    (tmp_path / f"{NAME}.part").write_bytes(junk)
    fetch(host, tmp_path / NAME, "good")
    assert (tmp_path / NAME).read_bytes() == ARCHIVE


def test_a_complete_partial_download_needs_no_host(host: Host, tmp_path: Path):
    (tmp_path / f"{NAME}.part").write_bytes(ARCHIVE)
    fetch(host, tmp_path / NAME, "good")
    assert (tmp_path / NAME).read_bytes() == ARCHIVE
    assert host.requests == []


def test_another_file_does_not_destroy_a_partial_download(host: Host, tmp_path: Path):
    part = tmp_path / f"{NAME}.part"
    part.write_bytes(ARCHIVE[:1000])
    with pytest.raises(download.DownloadError, match="so another file"):
        fetch(host, tmp_path / NAME, "html")
    assert part.read_bytes() == ARCHIVE[:1000]


def test_every_host_and_its_reason_is_named_when_none_works(host: Host, tmp_path: Path):
    with pytest.raises(download.DownloadError) as caught:
        fetch(host, tmp_path / NAME, "missing", "html", "wrong")
    for reason in ("answers 404 (Not Found)", "offers 18 bytes", "sends a file with another checksum"):
        assert reason in str(caught.value)
    assert os.listdir(tmp_path) == []


def test_progress_is_plain_lines_without_a_terminal_and_none_when_tqdm_is_off(
    host: Host, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    fetch(host, tmp_path / "first", "good")
    lines = capsys.readouterr().err
    assert "Downloading first from 127.0.0.1" in lines
    assert "100 %" in lines
    assert "\r" not in lines
    monkeypatch.setenv("TQDM_DISABLE", "1")
    fetch(host, tmp_path / "second", "good")
    assert capsys.readouterr().err == ""


# --- CIFAR-10 ------------------------------------------------------------------------------------------
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
        "import sys; from cnnlib import cifar10;"
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


# --- the real images -----------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def real(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> data.Loaders:
    kept = repository.parent / "shared" / "cifar10"
    if not (kept / "unpack.py").is_file():
        pytest.skip("real CIFAR-10 images are not at ../shared/cifar10")
    root = tmp_path_factory.mktemp("cifar10")
    subprocess.run([sys.executable, str(kept / "unpack.py"), str(root / "cifar10.npz")], check=True)
    return data.load("cifar10", root=root)


def test_real_cifar10_has_the_published_shape_classes_and_balance(real: data.Loaders):
    """50,000 training images, 5,000 a class: https://www.cs.toronto.edu/~kriz/cifar.html."""
    names = "airplane automobile bird cat deer dog frog horse ship truck"
    assert real.classes == tuple(names.split())
    assert real.train.images.shape == (45_000, 32, 32, 3)
    assert real.train.labels.bincount().tolist() == [4500] * 10
    assert real.val.labels.bincount().tolist() == [500] * 10
    counts = real.test.labels.bincount()
    assert len(counts) == 10
    assert counts.min() == counts.max()


def test_real_cifar10_has_the_usual_statistics(real: data.Loaders):
    """Those over all 50,000 training images, as recipes quote them; JPEG changes little."""
    torch.testing.assert_close(real.mean, torch.tensor([0.4914, 0.4822, 0.4465]), rtol=0, atol=0.003)
    torch.testing.assert_close(real.std, torch.tensor([0.2470, 0.2435, 0.2616]), rtol=0, atol=0.003)
