"""cnnlib.data.download: hosts that fail, stall, crawl or lie; resuming; checksums."""

import http.server
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from archive_host import ARCHIVE, MD5, NAME, Host

from cnnlib.data import download


@pytest.fixture
def host() -> Iterator[Host]:
    with Host() as host:
        yield host


def fetch(host: Host, path: Path, *kinds: str, **limits: float) -> None:
    limits = {"timeout": 2.0, "patience": 60.0} | limits
    download.fetch(host.urls(*kinds), path, md5=MD5, size=len(ARCHIVE), **limits)


@pytest.mark.parametrize("bad", ["missing", "html", "wrong", "stall", "cut"])
def test_a_host_that_fails_gives_way_to_the_next(host: Host, tmp_path: Path, bad: str):
    fetch(host, tmp_path / NAME, bad, "good")
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
