# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the connections of the lean server (option --lean) in this process, with an echo service instead of
environments. The client can send everything that HTTP/2 allows, and also what HTTP/2 forbids."""

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any

import h2.config
import h2.connection
import h2.events
import h2.settings
from google.protobuf.message import DecodeError
from process_usage import wait_until

from gymwire.server.lean import frames
from gymwire.server.lean.loop import Loop
from gymwire.server.limits import Limits
from gymwire.server.service import Interaction
from gymwire.v1 import environment_service_pb2 as pb

SECONDS = 20.0
INTERACT = "/gymwire.v1.EnvironmentService/Interact"
FIELDS = {
    ":method": "POST",
    ":scheme": "http",
    ":path": INTERACT,
    ":authority": "localhost",
    "te": "trailers",
    "content-type": "application/grpc",
}


def framed(text: str, times: int = 1) -> bytes:
    """Returns a gRPC message whose echo is the text, repeated `times` times."""
    request = pb.InteractRequest(make=pb.MakeRequest(env_id=text, num_envs=times)).SerializeToString()
    return frames.MESSAGE_HEAD.pack(0, len(request)) + request


def texts(data: bytes) -> list[str]:
    """Returns the texts of echoes; the last echo must be complete."""
    found, rest = _complete_texts(data)
    assert not rest
    return found


def _complete_texts(data: bytes) -> tuple[list[str], bytes]:
    found, at = [], 0
    while len(data) - at >= frames.MESSAGE_HEAD.size:
        compressed, size = frames.MESSAGE_HEAD.unpack_from(data, at)
        assert compressed == 0
        begin = at + frames.MESSAGE_HEAD.size
        if len(data) - begin < size:
            break
        at = begin + size
        found.append(pb.InteractResponse.FromString(data[begin:at]).make.session_id)
    return found, data[at:]


class Echo:
    """Stands for EnvironmentService: answers each request with its text, repeated as often as the request says.
    The text "fail" raises an exception, and a request that cannot be parsed gets the answer "malformed"."""

    def __init__(self) -> None:
        self.open = 0
        self.opened = 0
        self.asked: list[str] = []
        self.answered = 0
        self.gate = threading.Event()
        """A request with the text "wait" is answered after this event is set."""
        self.waits = threading.Event()
        """Set when a request with the text "wait" arrives."""

    def open_stream(self, peer: str) -> Interaction:
        """Opens a stream."""
        self.open += 1
        self.opened += 1
        return Interaction(self._answer, self._end)

    def _answer(self, data: bytes) -> bytes:
        try:
            request = pb.InteractRequest.FromString(data)
        except DecodeError:
            return _echo("malformed")
        text = request.make.env_id
        self.asked.append(text)
        if text == "wait":
            self.waits.set()
            assert self.gate.wait(SECONDS)
        if text == "fail":
            raise RuntimeError("the echo failed")
        self.answered += 1
        return _echo(text * request.make.num_envs)

    def _end(self) -> None:
        self.open -= 1


def _echo(text: str) -> bytes:
    return pb.InteractResponse(make=pb.MakeResponse(session_id=text)).SerializeToString()


class Served:
    """Connections and the thread that serves them."""

    def __init__(self, limits: Limits | None = None, poll: Any = None) -> None:
        self.echo = Echo()
        service: Any = self.echo
        self.loop = Loop(service, {}, limits or Limits(), poll=poll)
        # The listening socket is a Unix socket, because data sent over it arrives immediately. Linux chooses its name.
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind("")
        self._listening.listen(256)
        self.address = self._listening.getsockname()
        self.socket, theirs = socket.socketpair()
        self.socket.settimeout(SECONDS)
        self._sockets = [self.socket]
        self.loop.add(theirs, "unix:")
        self.loop.accept_from(self._listening)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.loop.run()
        self.loop.finish(SECONDS)

    def connect(self) -> socket.socket:
        """Returns the client's end of one more connection."""
        connected = socket.socket(socket.AF_UNIX)
        self._sockets.append(connected)
        connected.settimeout(SECONDS)
        connected.connect(self.address)
        return connected

    def received(self) -> bytes:
        """Returns all that the server sends until it ends the connection."""
        data = b""
        while part := self.socket.recv(1 << 16):
            data += part
        return data

    def close(self) -> None:
        """Closes the connections; the server must close them too, and release all streams."""
        self.echo.gate.set()
        for each in self._sockets:
            each.close()
        assert wait_until(lambda: self.echo.open == 0), "the streams of a client are not released"
        if self._thread.is_alive():
            self.loop.interrupt()
        self._thread.join(SECONDS)
        assert not self._thread.is_alive(), "the server's thread hangs"


class Client:
    """An HTTP/2 client over a connected socket. The package h2 makes its frames."""

    def __init__(self, connected: socket.socket, **settings: int) -> None:
        self.socket = connected
        config = h2.config.H2Configuration(
            header_encoding="utf-8", validate_outbound_headers=False, normalize_outbound_headers=False
        )
        self.h2 = h2.connection.H2Connection(config)
        self.h2.initiate_connection()
        if settings:
            self.h2.update_settings(
                {getattr(h2.settings.SettingCodes, name): value for name, value in settings.items()}
            )
        self.events: list[Any] = []
        self.push()

    def push(self) -> None:
        """Sends the bytes that h2 has prepared."""
        # A broken pipe is no error: the test may still read data that the server sent before it closed the connection.
        with contextlib.suppress(BrokenPipeError):
            self.socket.sendall(self.h2.data_to_send())

    def open(self, end: bool = False, changes: Mapping[str, str | None] | None = None) -> int:
        """Begins a call; returns its stream. `changes` replace or add header fields; None leaves a field out."""
        fields = {**FIELDS, **(changes or {})}
        stream = self.h2.get_next_available_stream_id()
        self.h2.send_headers(stream, [(n, v) for n, v in fields.items() if v is not None], end_stream=end)
        self.push()
        return stream

    def send(self, stream: int, data: bytes, end: bool = False, pad: int | None = None) -> None:
        """Sends all the data in parts. Waits if the server's window (the bytes it accepts) is too small for a part."""
        size = frames.MAX_FRAME_BYTES - 256
        parts = [data[i : i + size] for i in range(0, len(data), size)] or [b""]
        for i, part in enumerate(parts):
            while self.h2.local_flow_control_window(stream) < len(part) + 257:
                self.receive()
            self.h2.send_data(stream, part, end_stream=end and i == len(parts) - 1, pad_length=pad)
            self.push()

    def receive(self) -> None:
        """Waits for the next bytes, and sends the answers that the protocol requires."""
        data = self.socket.recv(1 << 16)
        if not data:
            raise EOFError
        self.events += self.h2.receive_data(data)
        self.push()

    def until(self, condition: Callable[[], bool]) -> None:
        """Receives until the condition is true."""
        while not condition():
            self.receive()

    def of(self, kind: type[Any], stream: int) -> list[Any]:
        """Returns the events of a kind on a stream so far."""
        return [event for event in self.events if isinstance(event, kind) and event.stream_id == stream]

    def data(self, stream: int) -> bytes:
        """Returns the data that arrived on a stream so far."""
        return b"".join(event.data for event in self.of(h2.events.DataReceived, stream))

    def texts(self, stream: int) -> list[str]:
        """Returns the texts of the complete echoes on a stream so far."""
        return _complete_texts(self.data(stream))[0]

    def increase_window(self, stream: int, size: int) -> None:
        """Allows the server to send `size` more bytes on a stream, or on the connection if `stream` is 0."""
        self.h2.increment_flow_control_window(size, stream or None)
        self.push()

    def ask(self, stream: int, *asked: str) -> list[str]:
        """Sends requests; returns the texts of their answers."""
        before = len(self.texts(stream))
        for text in asked:
            self.send(stream, framed(text))
        self.until(lambda: len(self.texts(stream)) >= before + len(asked))
        return self.texts(stream)[before:]

    def end_of(self, stream: int) -> dict[str, str]:
        """Waits for the end of a call; returns its last header fields."""
        self.until(lambda: bool(self.of(h2.events.StreamEnded, stream)))
        kinds = (h2.events.TrailersReceived, h2.events.ResponseReceived)
        return dict(next(event for kind in kinds for event in self.of(kind, stream)).headers)
