# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A server with --lean ends connections or streams that break HTTP/2's rules, with the right error code. After random
input, the server still sends GOAWAY (the frame that announces the end of a connection) and releases all streams."""

import random
import struct
from collections.abc import Iterator

import pytest
from lean_peer import FIELDS, Served, framed

from gymwire.server.lean import frames, headers
from gymwire.server.lean.frames import ErrorCode, Kind, frame
from gymwire.server.limits import Limits

GREETING = frames.PREFACE + frames.settings({})
BLOCK = headers.encode(list(FIELDS.items()))
OPEN = frame(Kind.HEADERS, frames.END_HEADERS, 1, BLOCK)
ASK = frame(Kind.DATA, 0, 1, framed("a"))
CASES = 300


@pytest.fixture
def served() -> Iterator[Served]:
    connection = Served(Limits(max_message_mib=1))
    yield connection
    connection.close()


def split(data: bytes) -> list[tuple[int, int, int, bytes]]:
    """Splits bytes into frames; returns the kind, flags, stream and payload of each frame."""
    found = []
    while data:
        high, low, kind, flags, stream = frames.FRAME_HEAD.unpack_from(data)
        end = frames.FRAME_HEAD.size + (high << 8 | low)
        assert len(data) >= end, "the server sent half a frame"
        found.append((kind, flags, stream, data[frames.FRAME_HEAD.size : end]))
        data = data[end:]
    return found


def word(number: int) -> bytes:
    return struct.pack(">I", number)


FAULTS: list[tuple[str, bytes, ErrorCode]] = [
    ("data on no stream", frame(Kind.DATA, 0, 0, b"a"), ErrorCode.PROTOCOL_ERROR),
    ("data before its stream", frame(Kind.DATA, 0, 1, b"a"), ErrorCode.PROTOCOL_ERROR),
    (
        "padded data without the length of the padding",
        OPEN + frame(Kind.DATA, frames.PADDED, 1),
        ErrorCode.PROTOCOL_ERROR,
    ),
    ("padding beyond the frame", OPEN + frame(Kind.DATA, frames.PADDED, 1, b"\x03ab"), ErrorCode.PROTOCOL_ERROR),
    ("a frame too large", frame(Kind.PING, 0, 0, bytes(16_385)), ErrorCode.FRAME_SIZE_ERROR),
    ("a stream id of the server", frame(Kind.HEADERS, frames.END_HEADERS, 2, BLOCK), ErrorCode.PROTOCOL_ERROR),
    ("fields on no stream", frame(Kind.HEADERS, frames.END_HEADERS, 0, BLOCK), ErrorCode.PROTOCOL_ERROR),
    (
        "priority cut off",
        frame(Kind.HEADERS, frames.END_HEADERS | frames.PRIORITY, 1, b"abc"),
        ErrorCode.FRAME_SIZE_ERROR,
    ),
    (
        "unreadable fields",
        frame(Kind.HEADERS, frames.END_HEADERS, 1, b"\xff\xff\xff\xff\xff"),
        ErrorCode.COMPRESSION_ERROR,
    ),
    (
        "text that is no UTF-8",
        frame(Kind.HEADERS, frames.END_HEADERS, 1, b"\x00\x01\xff\x01\xfe"),
        ErrorCode.COMPRESSION_ERROR,
    ),
    ("fields cut off", frame(Kind.HEADERS, 0, 1, BLOCK) + OPEN, ErrorCode.PROTOCOL_ERROR),
    (
        "fields of two streams",
        frame(Kind.HEADERS, 0, 1, BLOCK) + frame(Kind.CONTINUATION, 4, 3),
        ErrorCode.PROTOCOL_ERROR,
    ),
    ("data of another stream between fields", OPEN + frame(Kind.HEADERS, 0, 3, BLOCK) + ASK, ErrorCode.PROTOCOL_ERROR),
    ("a continuation of no fields", frame(Kind.CONTINUATION, 4, 1, BLOCK), ErrorCode.PROTOCOL_ERROR),
    (
        "fields without end",
        frame(Kind.HEADERS, 0, 1) + frame(Kind.CONTINUATION, 0, 1) * 8000,
        ErrorCode.ENHANCE_YOUR_CALM,
    ),
    (
        "fields too large",
        frame(Kind.HEADERS, 0, 1) + frame(Kind.CONTINUATION, 0, 1, bytes(16384)) * 5,
        ErrorCode.ENHANCE_YOUR_CALM,
    ),
    ("a push", frame(Kind.PUSH_PROMISE, 4, 1, word(2)), ErrorCode.PROTOCOL_ERROR),
    ("a priority of no stream", frame(Kind.PRIORITY, 0, 0, bytes(5)), ErrorCode.PROTOCOL_ERROR),
    ("a reset of no stream", frame(Kind.RST_STREAM, 0, 0, word(8)), ErrorCode.PROTOCOL_ERROR),
    ("a reset before its stream", frame(Kind.RST_STREAM, 0, 1, word(8)), ErrorCode.PROTOCOL_ERROR),
    ("a reset cut off", OPEN + frame(Kind.RST_STREAM, 0, 1, b"abc"), ErrorCode.FRAME_SIZE_ERROR),
    ("settings of a stream", frame(Kind.SETTINGS, 0, 1), ErrorCode.PROTOCOL_ERROR),
    ("settings cut off", frame(Kind.SETTINGS, 0, 0, b"abcde"), ErrorCode.FRAME_SIZE_ERROR),
    ("settings in an acknowledgement", frame(Kind.SETTINGS, frames.ACK, 0, bytes(6)), ErrorCode.FRAME_SIZE_ERROR),
    ("a wrong push setting", frames.settings({frames.Setting.ENABLE_PUSH: 2}), ErrorCode.PROTOCOL_ERROR),
    ("a window too wide", frames.settings({frames.Setting.INITIAL_WINDOW_SIZE: 1 << 31}), ErrorCode.FLOW_CONTROL_ERROR),
    (
        "a setting for too small frames",
        frames.settings({frames.Setting.MAX_FRAME_SIZE: 16_383}),
        ErrorCode.PROTOCOL_ERROR,
    ),
    (
        "a setting for too large frames",
        frames.settings({frames.Setting.MAX_FRAME_SIZE: 1 << 24}),
        ErrorCode.PROTOCOL_ERROR,
    ),
    ("a ping of a stream", frame(Kind.PING, 0, 1, bytes(8)), ErrorCode.PROTOCOL_ERROR),
    ("a short ping", frame(Kind.PING, 0, 0, bytes(7)), ErrorCode.FRAME_SIZE_ERROR),
    ("a GOAWAY on a stream", frame(Kind.GOAWAY, 0, 1, bytes(8)), ErrorCode.PROTOCOL_ERROR),
    ("a short GOAWAY", frame(Kind.GOAWAY, 0, 0, bytes(7)), ErrorCode.FRAME_SIZE_ERROR),
    ("a window update of 0", frames.window_update(0, 0), ErrorCode.PROTOCOL_ERROR),
    ("a window too wide by updates", frames.window_update(0, frames.MAX_WINDOW), ErrorCode.FLOW_CONTROL_ERROR),
    ("a window update cut off", frame(Kind.WINDOW_UPDATE, 0, 0, b"abc"), ErrorCode.FRAME_SIZE_ERROR),
    ("a window update before its stream", frames.window_update(1, 5), ErrorCode.PROTOCOL_ERROR),
    (
        "a stream's window too wide by settings",
        OPEN
        + frames.window_update(1, frames.MAX_WINDOW - 65_535)
        + frames.settings({frames.Setting.INITIAL_WINDOW_SIZE: 65_536}),
        ErrorCode.FLOW_CONTROL_ERROR,
    ),
]


@pytest.mark.parametrize(("data", "code"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_fault_ends_the_connection_with_its_code(served: Served, data: bytes, code: ErrorCode) -> None:
    served.socket.sendall(GREETING + data)
    kind, _, stream, payload = split(served.received())[-1]
    assert (kind, stream) == (Kind.GOAWAY, 0)
    assert struct.unpack(">I", payload[4:8])[0] == code
    assert len(payload) > 8, "the GOAWAY frame does not say what was wrong"


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n" + bytes(40),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\t" + bytes(20),
        frames.PREFACE + frame(Kind.PING, 0, 0, bytes(8)),
        frames.PREFACE + frame(Kind.SETTINGS, frames.ACK, 0),
        bytes(100),
    ],
)
def test_a_connection_that_does_not_begin_as_http2_is_refused(served: Served, data: bytes) -> None:
    served.socket.sendall(data)
    kind, _, _, payload = split(served.received())[-1]
    assert (kind, payload[4:8]) == (Kind.GOAWAY, word(ErrorCode.PROTOCOL_ERROR))


STREAM_FAULTS: list[tuple[str, bytes, ErrorCode]] = [
    ("data after the end", frame(Kind.DATA, frames.END_STREAM, 1) + ASK, ErrorCode.STREAM_CLOSED),
    ("fields after the end", frame(Kind.DATA, frames.END_STREAM, 1) + OPEN, ErrorCode.STREAM_CLOSED),
    ("trailers without an end", OPEN, ErrorCode.PROTOCOL_ERROR),
    (
        "trailers with a wrong field",
        frame(Kind.HEADERS, frames.END_HEADERS | frames.END_STREAM, 1, headers.encode([(":path", "/")])),
        ErrorCode.PROTOCOL_ERROR,
    ),
    ("a window update of 0", frames.window_update(1, 0), ErrorCode.PROTOCOL_ERROR),
    ("a window too wide by updates", frames.window_update(1, frames.MAX_WINDOW) * 2, ErrorCode.FLOW_CONTROL_ERROR),
    ("a short priority", frame(Kind.PRIORITY, 0, 1, b"abc"), ErrorCode.FRAME_SIZE_ERROR),
    ("data beyond the window", frame(Kind.DATA, 0, 1, framed("x" * 16_000)) * 110, ErrorCode.FLOW_CONTROL_ERROR),
]


@pytest.mark.parametrize(("data", "code"), [f[1:] for f in STREAM_FAULTS], ids=[f[0] for f in STREAM_FAULTS])
def test_a_fault_on_a_stream_ends_only_that_stream(served: Served, data: bytes, code: ErrorCode) -> None:
    # The client's window (the number of bytes that it accepts) is 0 at first, so the server cannot send its first
    # answer. The stream therefore stays open until the fault.
    small = frames.settings({frames.Setting.INITIAL_WINDOW_SIZE: 0})
    other = frame(Kind.HEADERS, frames.END_HEADERS | frames.END_STREAM, 3, BLOCK)
    served.socket.sendall(GREETING + small + OPEN + ASK + data + other + frame(Kind.GOAWAY, 0, 0, bytes(8)))
    served.socket.shutdown(1)
    sent = split(served.received())
    assert [payload for kind, _, stream, payload in sent if (kind, stream) == (Kind.RST_STREAM, 1)] == [word(code)]
    assert [flags & frames.END_STREAM for kind, flags, stream, _ in sent if (kind, stream) == (Kind.HEADERS, 3)] == [1]
    assert sent[-1][3][4:8] == word(ErrorCode.NO_ERROR)


def test_frames_that_must_be_ignored_are_ignored(served: Served) -> None:
    # The server refuses this call and ends its stream. The client sends `late` before it reads the refusal.
    refused = frame(Kind.HEADERS, frames.END_HEADERS, 1, headers.encode(list({**FIELDS, ":method": "PUT"}.items())))
    trailer = frame(Kind.HEADERS, frames.END_HEADERS | frames.END_STREAM, 1, headers.encode([("x", "y")]))
    late = ASK + frames.window_update(1, 7) + trailer + frame(Kind.RST_STREAM, 0, 1, word(8))
    other = frame(Kind.PRIORITY, 0, 1, bytes(5)) + frame(Kind.PRIORITY, 0, 9, bytes(5))
    unknown = frame(Kind.DATA, 0, 0).replace(b"\0\0\0\0\0", b"\0\0\0\x63\xff", 1) + frames.settings({}).replace(
        b"\4", b"\x0a"
    )
    second = frame(Kind.HEADERS, 5, 3, BLOCK)
    # Both sides have ended stream 3. The client may send these two frames before it receives END_STREAM.
    ended = frames.window_update(3, 7) + frame(Kind.RST_STREAM, 0, 3, word(8))
    served.socket.sendall(GREETING + refused + late + other + unknown + second + ended)
    served.socket.shutdown(1)
    sent = split(served.received())
    answers = [(Kind.HEADERS, 1), (Kind.RST_STREAM, 1), (Kind.HEADERS, 3), (Kind.GOAWAY, 0)]
    assert [(kind, stream) for kind, _, stream, _ in sent[3:]] == answers
    assert sent[-1][3][4:8] == word(ErrorCode.NO_ERROR)


CANCELLED = OPEN + frame(Kind.RST_STREAM, 0, 1, word(8))
DONE = frame(Kind.HEADERS, frames.END_HEADERS | frames.END_STREAM, 1, BLOCK)
OPEN_5 = frame(Kind.HEADERS, frames.END_HEADERS, 5, BLOCK)
CLOSED: list[tuple[str, bytes, ErrorCode]] = [
    ("data after the client's reset", CANCELLED + ASK, ErrorCode.STREAM_CLOSED),
    ("fields after the client's reset", CANCELLED + OPEN, ErrorCode.STREAM_CLOSED),
    (
        "fields in pieces after the client's reset",
        CANCELLED + frame(Kind.HEADERS, 0, 1, BLOCK) + frame(Kind.CONTINUATION, 4, 1),
        ErrorCode.STREAM_CLOSED,
    ),
    ("data after both ends", DONE + ASK, ErrorCode.STREAM_CLOSED),
    ("fields after both ends", DONE + OPEN, ErrorCode.STREAM_CLOSED),
    ("an id lower than the last", OPEN_5 + frame(Kind.HEADERS, frames.END_HEADERS, 3, BLOCK), ErrorCode.PROTOCOL_ERROR),
    ("data on an id that was skipped", OPEN_5 + frame(Kind.DATA, 0, 3, framed("a")), ErrorCode.STREAM_CLOSED),
    (
        "fields of a call ended long ago",
        b"".join(frame(Kind.HEADERS, 5, i, BLOCK) for i in range(1, 3001, 2)) + OPEN,
        ErrorCode.PROTOCOL_ERROR,
    ),
]


@pytest.mark.parametrize(("data", "code"), [f[1:] for f in CLOSED], ids=[f[0] for f in CLOSED])
def test_frames_on_an_ended_stream_end_the_connection(served: Served, data: bytes, code: ErrorCode) -> None:
    served.socket.sendall(GREETING + data)
    kind, _, stream, payload = split(served.received())[-1]
    assert (kind, stream, payload[4:8]) == (Kind.GOAWAY, 0, word(code))


def test_the_clients_trailer_ends_the_clients_side_of_the_stream(served: Served) -> None:
    trailer = frame(Kind.HEADERS, frames.END_HEADERS | frames.END_STREAM, 1, headers.encode([("x", "y")]))
    served.socket.sendall(GREETING + OPEN + ASK + trailer)
    served.socket.shutdown(1)
    kinds = [(kind, flags & frames.END_STREAM) for kind, flags, stream, _ in split(served.received()) if stream == 1]
    assert kinds == [(Kind.HEADERS, 0), (Kind.DATA, 0), (Kind.HEADERS, 1)]


def random_frames(rng: random.Random) -> bytes:
    """Returns frames with random kinds, flags, streams and payloads. Each frame has the correct length, but up to two
    bytes are changed afterwards."""
    data = b""
    for _ in range(rng.randint(1, 12)):
        payload = rng.choice([b"", framed("abc"), BLOCK, bytes(4), bytes(5), bytes(6), bytes(8), rng.randbytes(20)])
        data += frame(
            Kind(rng.randrange(10)), rng.choice([0, 1, 4, 5, 8, 32, 255]), rng.choice([0, 1, 1, 3, 5]), payload
        )
    changed = bytearray(data)
    for _ in range(rng.randrange(3)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("kind", ["bytes", "frames"])
def test_after_random_input_the_server_sends_goaway_and_keeps_no_stream_open(kind: str) -> None:
    rng = random.Random(0)
    for case in range(CASES):
        served = Served(Limits(max_message_mib=1))
        try:
            data = rng.randbytes(rng.randrange(400)) if kind == "bytes" else random_frames(rng)
            served.socket.sendall(GREETING + OPEN + ASK * rng.randrange(2) + data)
            served.socket.shutdown(1)
            assert split(served.received())[-1][0] == Kind.GOAWAY, f"case {case}"
        finally:
            served.close()
