"""A small archive of CIFAR-10's layout, and a server on this machine that gives it well or badly."""

import contextlib
import hashlib
import http.server
import io
import struct
import tarfile
import threading

import numpy as np

from cnnlib.data import cifar10

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

    def __enter__(self) -> "Host":
        return self

    def __exit__(self, *error: object) -> None:
        self.stopped.set()
        self.server.shutdown()
        self.server.server_close()

    def urls(self, *kinds: str) -> tuple[str, ...]:
        return tuple(f"http://127.0.0.1:{self.server.server_port}/{kind}" for kind in kinds)

    def source(self, *kinds: str) -> cifar10.Source:
        return cifar10.Source(self.urls(*kinds), MD5, len(ARCHIVE))

    def asked(self) -> list[str]:
        return [kind for kind, _ in self.requests]
