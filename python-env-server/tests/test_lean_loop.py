# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""One thread serves all connections of a server with --lean. While it computes an answer, the other connections wait.
They never wait until another client sends or reads something."""

import os
import resource
import socket
from collections.abc import Callable, Iterator
from typing import Any

import h2.events
import pytest
from lean_peer import FIELDS, SECONDS, Client, Served, framed, texts
from process_usage import wait_until

from gymwire.server.lean import connection, frames, headers
from gymwire.server.lean.frames import ErrorCode, Kind, frame
from gymwire.server.lean.inbound import Inbound
from gymwire.server.lean.polling import SelectPoll
from gymwire.server.limits import Limits

Serve = Callable[..., Served]
SETTINGS = frames.settings({frames.Setting.ENABLE_PUSH: 0})
PARTS = {
    "nothing": b"",
    "five bytes": frames.PREFACE[:5],
    "a preface": frames.PREFACE,
    "half a frame's head": frames.PREFACE + SETTINGS[:4],
    "a head": frames.PREFACE + SETTINGS[:9],
    "half a frame": frames.PREFACE + SETTINGS[:-1],
}


@pytest.fixture
def serve() -> Iterator[Serve]:
    started: list[Served] = []

    def serve_one(limits: Limits | None = None, poll: Any = None) -> Served:
        started.append(Served(limits, poll))
        return started[-1]

    yield serve_one
    for served in started:
        served.close()


def is_served(served: Served) -> bool:
    with served.connect() as connected:
        client = Client(connected)
        return client.ask(client.open(), "a", "b") == ["a", "b"]


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS.keys())
def test_a_handshake_has_a_deadline(serve: Serve, monkeypatch: pytest.MonkeyPatch, part: bytes) -> None:
    monkeypatch.setattr(connection, "HANDSHAKE_SECONDS", 0.3)
    served = serve()
    client = Client(served.connect())
    stream = client.open()
    client.ask(stream, "before")
    late = served.connect()
    late.sendall(part)
    data = b""
    while received := late.recv(1 << 16):
        data += received
    assert b"the handshake was not complete after 0.3 s" in data
    # After the handshake there is no deadline.
    assert client.ask(stream, "after") == ["after"]


def test_many_connections_without_a_handshake_do_not_keep_clients_out(serve: Serve) -> None:
    served = serve(Limits(max_streams=4))
    parts = list(PARTS.values())
    for i in range(200):
        served.connect().sendall(parts[i % len(parts)])
        if i % 50 == 49:
            assert is_served(served)


def test_many_idle_connections_do_not_keep_clients_out(serve: Serve) -> None:
    served = serve(Limits(max_streams=4))
    busy = Client(served.connect())
    stream = busy.open()
    busy.ask(stream, "before")
    idle = []
    for _ in range(100):
        idle.append(served.connect())
        # Each connection sends its part of the handshake before the next connection is made. Otherwise 100 handshakes
        # would be incomplete at the same time, and the server keeps only 64 such connections.
        idle[-1].sendall(frames.PREFACE + SETTINGS)
    assert is_served(served)
    assert busy.ask(stream, "after") == ["after"]
    # The server has closed the oldest idle connection.
    oldest = Client(idle[0])
    with pytest.raises(EOFError):
        oldest.until(lambda: False)
    goaway = next(event for event in oldest.events if isinstance(event, h2.events.ConnectionTerminated))
    assert goaway.error_code == ErrorCode.NO_ERROR


def test_connections_in_use_are_limited_in_number(serve: Serve) -> None:
    served = serve(Limits(max_streams=4))
    clients = [Client(served.connect()) for _ in range(20)]
    streams = [client.open() for client in clients]
    for client, stream in zip(clients, streams, strict=True):
        client.ask(stream, "a")
    beyond = Client(served.connect())
    with pytest.raises(EOFError):
        beyond.until(lambda: False)
    goaway = next(event for event in beyond.events if isinstance(event, h2.events.ConnectionTerminated))
    assert b"20 connections are in use" in (goaway.additional_data or b"")
    assert all(client.ask(stream, "b") == ["b"] for client, stream in zip(clients, streams, strict=True))


BLOCK = headers.encode(list(FIELDS.items()))
OPEN = frame(Kind.HEADERS, frames.END_HEADERS, 1, BLOCK)
WHOLE = frame(Kind.DATA, 0, 1, framed("x" * 1000))


@pytest.mark.parametrize(
    "half",
    [OPEN[:5], OPEN[:20], OPEN + WHOLE[:9], OPEN + WHOLE[:-1], OPEN + WHOLE + WHOLE[:3], OPEN[:4] + b"\0" + OPEN[5:]],
)
def test_half_a_request_does_not_block_other_clients(serve: Serve, half: bytes) -> None:
    served = serve()
    halves = [served.connect() for _ in range(3)]
    for each in halves:
        each.sendall(frames.PREFACE + SETTINGS + half)
    assert is_served(served)
    # Another client is served too, although the three requests are still not complete.
    assert is_served(served)


@pytest.mark.parametrize("poll", [None, SelectPoll])
def test_a_client_that_does_not_read_gets_no_more_answers_and_blocks_nobody(serve: Serve, poll: Any) -> None:
    served = serve(Limits(max_message_mib=1), poll() if poll else None)
    client = Client(served.socket, INITIAL_WINDOW_SIZE=1 << 30)
    client.increase_window(0, 1 << 30)
    stream = client.open()
    for _ in range(40):
        client.send(stream, framed("x", times=250_000))
    assert wait_until(lambda: served.echo.answered > 0)
    assert is_served(served)
    # The server answers until the system's buffers are full and more than one MiB of answers waits to be sent.
    answered_before = served.echo.answered
    assert answered_before < 20
    assert is_served(served)
    assert served.echo.answered == answered_before + 2
    client.until(lambda: len(client.data(stream)) >= 40 * 250_000)
    assert len(texts(client.data(stream))) == 40
    assert client.ask(stream, "after") == ["after"]


def test_connections_take_turns_after_each_request(serve: Serve) -> None:
    served = serve()
    first, second = Client(served.socket), Client(served.connect())
    streams = [each.open() for each in (first, second)]
    for each, stream in zip((first, second), streams, strict=True):
        each.ask(stream, "hello")
    served.echo.asked.clear()
    for text in ("wait", *"abcdefgh"):
        first.h2.send_data(streams[0], framed(text))
    first.push()
    assert served.echo.waits.wait(SECONDS)
    second.send(streams[1], framed("X") + framed("Y"))
    served.echo.gate.set()
    first.until(lambda: first.texts(streams[0])[1:] == ["wait", *"abcdefgh"])
    second.until(lambda: second.texts(streams[1])[1:] == ["X", "Y"])
    asked = served.echo.asked
    assert [text for text in asked if text in "XY"] == ["X", "Y"]
    assert [text for text in asked if text not in "XY"] == ["wait", *"abcdefgh"]
    assert asked.index("X") <= 2
    assert asked.index("Y") <= 4


def test_a_server_that_stops_does_not_answer_waiting_requests(serve: Serve) -> None:
    served = serve()
    client = Client(served.socket)
    stream = client.open()
    for text in ("wait", *"abcdefgh"):
        client.h2.send_data(stream, framed(text))
    client.push()
    assert served.echo.waits.wait(SECONDS)
    served.loop.interrupt()
    served.echo.gate.set()
    with pytest.raises(EOFError):
        client.until(lambda: False)
    assert client.texts(stream) == ["wait"]


def test_a_client_still_gets_its_answers_after_it_has_ended_its_side_of_the_connection(serve: Serve) -> None:
    served = serve()
    connected = served.connect()
    window = frames.settings({frames.Setting.INITIAL_WINDOW_SIZE: 1 << 30}) + frames.window_update(0, 1 << 30)
    asking = frame(Kind.DATA, 0, 1, framed("x" * 1000, times=5000))
    connected.sendall(frames.PREFACE + window + OPEN + asking * 3)
    connected.shutdown(socket.SHUT_WR)
    assert wait_until(lambda: served.echo.answered == 3)
    assert is_served(served)
    size = 0
    while part := connected.recv(1 << 20):
        size += len(part)
    assert size > 15_000_000


def test_a_stream_is_released_if_its_client_disappears_before_it_reads_the_answers(serve: Serve) -> None:
    served = serve()
    for how in (socket.SHUT_RDWR, None):
        assert wait_until(lambda: served.echo.open == 0)
        connected = served.connect()
        window = frames.settings({frames.Setting.INITIAL_WINDOW_SIZE: 1 << 30}) + frames.window_update(0, 1 << 30)
        connected.sendall(frames.PREFACE + window + OPEN + frame(Kind.DATA, 0, 1, framed("x" * 1000, times=9000)))
        assert wait_until(lambda: served.echo.open == 1)
        if how is None:
            connected.close()
        else:
            connected.shutdown(how)
        assert wait_until(lambda: served.echo.open == 0)
        assert is_served(served)


def test_an_unexpected_exception_ends_only_one_connection(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    served = serve()
    client = Client(served.socket)
    client.ask(client.open(), "a")
    take = Inbound.take

    def fail(self: Inbound, kind: int, flags: int, stream_id: int, payload: bytes) -> None:
        if kind == Kind.PING:
            raise KeyError("a defect")
        take(self, kind, flags, stream_id, payload)

    monkeypatch.setattr(Inbound, "take", fail)
    client.h2.ping(bytes(8))
    client.push()
    with pytest.raises(EOFError):
        client.until(lambda: False)
    goaway = next(event for event in client.events if isinstance(event, h2.events.ConnectionTerminated))
    assert goaway.error_code == ErrorCode.INTERNAL_ERROR
    assert "a defect" in caplog.text
    assert is_served(served)


def test_new_clients_wait_while_the_server_has_no_free_descriptor(serve: Serve) -> None:
    served = serve()
    assert is_served(served)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    waiting = [socket.socket(socket.AF_UNIX) for _ in range(3)]
    highest = max(each.fileno() for each in waiting)
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, hard))
    taken = []
    try:
        # Takes every free descriptor below the limit.
        while True:
            try:
                taken.append(os.dup(0))
            except OSError:
                break
        for each in waiting:
            each.settimeout(SECONDS)
            each.connect(served.address)
        client = Client(served.socket)
        assert client.ask(client.open(), "a") == ["a"]
    finally:
        for fd in taken:
            os.close(fd)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    client = Client(waiting[-1])
    assert client.ask(client.open(), "b") == ["b"]
    for each in waiting:
        each.close()
