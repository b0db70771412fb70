"""The line to the gate of one container: bytes there, messages back, over the socket that Docker attaches.

Belongs here: Docker's framing and the gate's inside it. Does not: what the messages mean (`docker`).
Nothing that comes back is trusted: its length is bounded, and whoever hears it says how much it may be.
"""

import contextlib
import socket
import time
from typing import Any

from alchemy_assets.sandbox.docker import gate

_SAY_SECONDS = 120.0
_LONGEST_WORDS = 4_000
_CHUNK = 2**16
_DOCKER_HEADER = 8
_STDOUT = 1


class ContainerLostError(Exception):
    """A container ended, or spoke in a way that its gate does not."""


class GateLine:
    """A line over the response to an attach request. Raises ContainerLostError where the container ends."""

    def __init__(self, response: Any) -> None:
        """Take over the response, which must be kept: with it the socket would be closed."""
        self._response = response
        self._socket: socket.socket = getattr(response, "_sock", response)
        self._heard = bytearray()
        self._words = bytearray()

    def say(self, content: bytes) -> None:
        """Send bytes to the gate."""
        self._socket.settimeout(_SAY_SECONDS)
        try:
            self._socket.sendall(content)
        except OSError as error:
            message = f"it took no job: {error}"
            raise ContainerLostError(message) from error

    def hear(self, deadline: float, most: int) -> tuple[bytes, bytes]:
        """Return kind and content of what the gate says next, at most so many bytes of it."""
        self._fill(gate.FRAME.size, deadline)
        kind, size = gate.FRAME.unpack_from(self._heard)
        if size > most:
            message = "it said more than it can have to say"
            raise ContainerLostError(message)
        end = gate.FRAME.size + size
        self._fill(end, deadline)
        content = bytes(self._heard[gate.FRAME.size : end])
        del self._heard[:end]
        return kind, content

    def _fill(self, size: int, deadline: float) -> None:
        """Wait until so many bytes of the gate are there; Docker sends its errors on the same line, marked."""
        while len(self._heard) < size:
            header = self._exactly(_DOCKER_HEADER, deadline)
            content = self._exactly(int.from_bytes(header[4:], "big"), deadline)
            if header[0] == _STDOUT:
                self._heard += content
            else:
                self._words = (self._words + content)[-_LONGEST_WORDS:]

    def _exactly(self, size: int, deadline: float) -> bytes:
        content = bytearray()
        while len(content) < size:
            self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                chunk = self._socket.recv(min(size - len(content), _CHUNK))
            except OSError as error:
                message = f"nothing came of it: {error}"
                raise ContainerLostError(message) from error
            if not chunk:
                raise ContainerLostError(self._words.decode(errors="replace").strip() or "it ended by itself")
            content += chunk
        return bytes(content)

    def hang_up(self) -> None:
        """Close the line, upon which the gate ends, and with it everything in its container."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._response.close()
