"""Frames between two processes: a JSON message and the bytes that go with it, over a stream socket.

The receiver decides how much it accepts before it reserves any memory. Nothing that arrives is ever executed.
"""

import json
import socket
import struct
from typing import Any

LARGEST_MESSAGE = 8 << 20  # bytes of JSON
LARGEST_BODY = 64 << 20  # bytes of tensors and arrays
_HEADER = struct.Struct("<II")
_write = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_parse = json.JSONDecoder().decode


class WireError(BaseException):
    """The other process is gone, or what it sent is no message.

    No `Exception`: a test that expects errors from an answer must not take this for one.
    """


class Wire:
    """One end of a connection.

    Parameters
    ----------
    sock : socket.socket
        A connected stream socket.
    timeout : float, optional
        Seconds to wait for the other end to send or take bytes; without it, as long as it lives.
    largest_message, largest_body : int
        Limits in bytes, in both directions.
    """

    def __init__(
        self,
        sock: socket.socket,
        timeout: float | None = None,
        largest_message: int = LARGEST_MESSAGE,
        largest_body: int = LARGEST_BODY,
    ) -> None:
        sock.settimeout(timeout)
        self.sock = sock
        self.largest_message, self.largest_body = largest_message, largest_body

    def send(self, message: dict[str, Any], parts: list[bytes]) -> None:
        """Send a message and the bytes that it refers to.

        Raises
        ------
        WireError
            If the other end is gone.
        ValueError
            If the message is too large; nothing is sent then.
        """
        text = _write(message).encode()
        body = b"".join(parts)
        if len(text) > self.largest_message or len(body) > self.largest_body:
            raise ValueError(
                f"{(len(text) + len(body)) / 2**20:.1f} MB are too much to pass on; at most "
                f"{self.largest_message >> 20} MB of numbers and texts and {self.largest_body >> 20} MB of "
                "tensors are allowed."
            )
        try:
            self.sock.sendall(b"".join((_HEADER.pack(len(text), len(body)), text, body)))
        except OSError as error:
            raise WireError(f"the other process cannot be reached ({error}).") from None

    def receive(self) -> tuple[dict[str, Any], memoryview]:
        """Wait for a message; return it and its bytes.

        Raises
        ------
        WireError
            If the other end is gone, is silent for longer than the timeout, or sends what is too large or no
            JSON object.
        """
        text_size, body_size = _HEADER.unpack(self._read(_HEADER.size))
        if text_size > self.largest_message or body_size > self.largest_body:
            raise WireError(
                f"a message of {text_size:,} bytes with {body_size:,} bytes of tensors is too large."
            )
        content = self._read(text_size + body_size)
        try:
            message = _parse(str(content[:text_size], "utf-8"))
        except (ValueError, RecursionError) as error:
            raise WireError(
                f"the message is not JSON, or nested too deeply ({type(error).__name__})."
            ) from None
        if not isinstance(message, dict):
            raise WireError("the message is not a JSON object.")
        return message, content[text_size:]

    def _read(self, size: int) -> memoryview:
        """Read exactly `size` bytes; memory grows only with what arrives."""
        chunks, left = [], size
        while left:
            try:
                chunk = self.sock.recv(min(left, 1 << 20))
            except OSError as error:
                raise WireError(f"the other process sent nothing ({error}).") from None
            if not chunk:
                raise WireError("the other process has closed the connection.")
            chunks.append(chunk)
            left -= len(chunk)
        return memoryview(chunks[0] if len(chunks) == 1 else b"".join(chunks))

    def close(self) -> None:
        """Close this end."""
        self.sock.close()
