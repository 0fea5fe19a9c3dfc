# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The frames of HTTP/2 (RFC 9113, sections 4, 6 and 7): their parts, and the error codes in them."""

import enum
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

# The maximum payload of a frame that this server accepts: the protocol's default.
MAX_FRAME_BYTES = 1 << 14
MAX_WINDOW = (1 << 31) - 1
DEFAULT_WINDOW = (1 << 16) - 1
STREAM_ID_MASK = (1 << 31) - 1

# The length (its first 16 bits, then its last 8 bits), the type, the flags, the stream.
FRAME_HEAD = struct.Struct(">HBBBI")
# The head of a frame, then the head of a gRPC message: whether the message is compressed, and its length.
MESSAGE_FRAME_HEAD = struct.Struct(">HBBBIBI")
MESSAGE_HEAD = struct.Struct(">BI")
_SETTING = struct.Struct(">HI")
_WORD = struct.Struct(">I")

END_STREAM = 0x1
ACK = 0x1
END_HEADERS = 0x4
PADDED = 0x8
PRIORITY = 0x20


class Kind(enum.IntEnum):
    """The types of frames."""

    DATA = 0
    HEADERS = 1
    PRIORITY = 2
    RST_STREAM = 3
    SETTINGS = 4
    PUSH_PROMISE = 5
    PING = 6
    GOAWAY = 7
    WINDOW_UPDATE = 8
    CONTINUATION = 9


class Setting(enum.IntEnum):
    """The settings that each side sends about itself."""

    HEADER_TABLE_SIZE = 1
    ENABLE_PUSH = 2
    MAX_CONCURRENT_STREAMS = 3
    INITIAL_WINDOW_SIZE = 4
    MAX_FRAME_SIZE = 5
    MAX_HEADER_LIST_SIZE = 6


class ErrorCode(enum.IntEnum):
    """The reasons that this server gives when it ends a stream or a connection."""

    NO_ERROR = 0
    PROTOCOL_ERROR = 1
    INTERNAL_ERROR = 2
    FLOW_CONTROL_ERROR = 3
    STREAM_CLOSED = 5
    FRAME_SIZE_ERROR = 6
    REFUSED_STREAM = 7
    COMPRESSION_ERROR = 9
    ENHANCE_YOUR_CALM = 11


class ConnectionFaultError(Exception):
    """The peer broke the protocol or exceeded the limit of header fields; the connection ends with GOAWAY."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class StreamFaultError(Exception):
    """The peer broke the protocol on one stream, or opened too many streams; the stream ends with RST_STREAM."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(code.name)
        self.code = code


def frame(kind: Kind, flags: int, stream_id: int, payload: bytes | bytearray = b"") -> bytes:
    """Returns the bytes of a frame."""
    length = len(payload)
    return FRAME_HEAD.pack(length >> 8, length & 0xFF, kind, flags, stream_id) + payload


def settings(values: dict[Setting, int]) -> bytes:
    """Returns a SETTINGS frame."""
    return frame(Kind.SETTINGS, 0, 0, b"".join(_SETTING.pack(name, value) for name, value in values.items()))


def window_update(stream_id: int, increment: int) -> bytes:
    """Returns a WINDOW_UPDATE frame; `increment` is in bytes."""
    return frame(Kind.WINDOW_UPDATE, 0, stream_id, _WORD.pack(increment))


def reset(stream_id: int, code: ErrorCode) -> bytes:
    """Returns an RST_STREAM frame."""
    return frame(Kind.RST_STREAM, 0, stream_id, _WORD.pack(code))


def goaway(last_stream_id: int, code: ErrorCode, message: str) -> bytes:
    """Returns a GOAWAY frame."""
    return frame(Kind.GOAWAY, 0, 0, _WORD.pack(last_stream_id) + _WORD.pack(code) + message.encode())


def read_settings(payload: bytes) -> dict[int, int]:
    """Returns the checked values of a SETTINGS frame."""
    if len(payload) % _SETTING.size:
        text = f"SETTINGS has {len(payload)} bytes, not a multiple of 6"
        raise ConnectionFaultError(ErrorCode.FRAME_SIZE_ERROR, text)
    values: dict[int, int] = dict(_SETTING.iter_unpack(payload))
    if values.get(Setting.ENABLE_PUSH, 0) > 1:
        raise ConnectionFaultError(ErrorCode.PROTOCOL_ERROR, "ENABLE_PUSH must be 0 or 1")
    if values.get(Setting.INITIAL_WINDOW_SIZE, 0) > MAX_WINDOW:
        raise ConnectionFaultError(ErrorCode.FLOW_CONTROL_ERROR, f"INITIAL_WINDOW_SIZE must be at most {MAX_WINDOW}")
    if not MAX_FRAME_BYTES <= values.get(Setting.MAX_FRAME_SIZE, MAX_FRAME_BYTES) < 1 << 24:
        raise ConnectionFaultError(ErrorCode.PROTOCOL_ERROR, "MAX_FRAME_SIZE must lie between 2^14 and 2^24 - 1")
    return values


def read_word(payload: bytes) -> int:
    """Returns the number in an RST_STREAM or WINDOW_UPDATE frame."""
    if len(payload) != _WORD.size:
        raise ConnectionFaultError(
            ErrorCode.FRAME_SIZE_ERROR, f"an RST_STREAM or WINDOW_UPDATE frame has {len(payload)} bytes, not 4"
        )
    (word,) = _WORD.unpack(payload)
    return int(word)


def unpadded(payload: bytes, flags: int) -> bytes:
    """Returns a frame's payload without its padding."""
    if not flags & PADDED:
        return payload
    if not payload or payload[0] >= len(payload):
        raise ConnectionFaultError(ErrorCode.PROTOCOL_ERROR, "a frame is shorter than its padding")
    return payload[1 : len(payload) - payload[0]]
