# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The header fields of gRPC's requests and responses."""

import base64
import urllib.parse
from typing import NamedTuple

import hpack
from grpc import StatusCode

from gymwire.server.lean.frames import END_HEADERS, ConnectionFaultError, ErrorCode, StreamFaultError

Fields = list[tuple[str, str]]

# The most that a client may send as one request's header fields, in bytes, before and after decompression.
MAX_HEADER_BYTES = 1 << 16
# The cost of one more frame, so that empty ones come to an end, too.
_FRAME_COST = 9

_PSEUDO = {":method", ":scheme", ":path", ":authority"}
# HTTP/1.1's, about a connection.
_OF_CONNECTIONS = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"}

# The most digits of a content-length; parsing thousands of digits takes long.
_MOST_DIGITS = 20

# What may stand in grpc-message as it is: printable ASCII but the percent sign.
_PLAIN = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")

BEGINNING: Fields = [
    (":status", "200"),
    ("content-type", "application/grpc"),
    ("grpc-accept-encoding", "identity"),
]


class Status(NamedTuple):
    """How a call ended."""

    code: StatusCode
    message: str = ""
    metadata: tuple[tuple[str, bytes], ...] = ()
    """Binary fields beside the status; their names end with ``-bin``."""


OK = Status(StatusCode.OK)


class UnacceptableError(Exception):
    """The request is not a gRPC request; it is answered as plain HTTP."""

    def __init__(self, http_status: int) -> None:
        super().__init__(http_status)
        self.http_status = http_status


class FieldReader:
    """Puts the header fields together that come in one HEADERS frame and any number of CONTINUATIONs."""

    def __init__(self) -> None:
        self._decoder = hpack.Decoder(MAX_HEADER_BYTES)
        self._block = bytearray()
        self._cost = 0
        self.stream_id: int | None = None
        """Of the fields whose last part has not come."""
        self.flags = 0
        """Of the HEADERS frame."""

    def begin(self, stream_id: int, flags: int, block: bytes) -> Fields | None:
        """Takes the first part; returns the fields once they are whole."""
        self.stream_id, self.flags = stream_id, flags
        self._block = bytearray()
        self._cost = 0
        return self.add(flags, block)

    def add(self, flags: int, block: bytes) -> Fields | None:
        """Takes the next part; returns the fields once they are whole."""
        self._block += block
        self._cost += len(block) + _FRAME_COST
        if self._cost > MAX_HEADER_BYTES:
            raise ConnectionFaultError(ErrorCode.ENHANCE_YOUR_CALM, f"header fields have over {MAX_HEADER_BYTES} bytes")
        if not flags & END_HEADERS:
            return None
        self.stream_id = None
        try:
            return [(str(name), str(value)) for name, value in self._decoder.decode(bytes(self._block))]
        except hpack.HPACKError as error:
            raise ConnectionFaultError(
                ErrorCode.COMPRESSION_ERROR, f"the header fields cannot be read: {error}"
            ) from error


def encode(fields: Fields) -> bytes:
    """Returns header fields in HPACK's plain form, which needs no memory on either side (RFC 7541, section 6.2.2)."""
    # First of all the table of the fields sent before is declared empty.
    return b"\x20" + b"".join(b"\x00" + _string(name) + _string(value) for name, value in fields)


def requested_path(fields: Fields) -> str:
    """Returns the path of a gRPC request."""
    names = [name for name, _ in fields]
    pseudo = sum(name.startswith(":") for name in names)
    given = dict(fields)
    if (
        not set(names[:pseudo]) <= _PSEUDO
        or len(set(names[:pseudo])) != pseudo
        or not {":method", ":scheme"} <= given.keys()
        or not given.get(":path")
    ):
        raise StreamFaultError(ErrorCode.PROTOCOL_ERROR)
    check_ordinary(fields[pseudo:])
    if given[":method"] != "POST":
        raise UnacceptableError(405)
    kind = given.get("content-type", "")
    if kind.partition(";")[0].strip() not in ("application/grpc", "application/grpc+proto"):
        raise UnacceptableError(415)
    return given[":path"]


def check_ordinary(fields: Fields) -> None:
    """Refuses fields that may stand neither behind a request's first ones nor in its trailers."""
    for name, value in fields:
        is_te = name == "te" and value != "trailers"
        if name.startswith(":") or name != name.lower() or name in _OF_CONNECTIONS or is_te:
            raise StreamFaultError(ErrorCode.PROTOCOL_ERROR)


def content_length(fields: Fields) -> int | None:
    """Returns how many bytes of DATA the client says that its request has; nothing if it says nothing."""
    given = {value for name, value in fields if name == "content-length"}
    if not given:
        return None
    length = given.pop()
    if given or not (length.isascii() and length.isdigit() and len(length) < _MOST_DIGITS):
        raise StreamFaultError(ErrorCode.PROTOCOL_ERROR)
    return int(length)


def refusal(http_status: int) -> Fields:
    """Returns the answer to what is no request of gRPC's."""
    return [(":status", str(http_status)), ("content-length", "0")]


def trailers(status: Status) -> Fields:
    """Returns the fields that end a response."""
    fields = [("grpc-status", str(status.code.value[0]))]
    if status.message:
        fields.append(("grpc-message", urllib.parse.quote(status.message, safe=_PLAIN, errors="replace")))
    # gRPC leaves the padding out.
    fields += [(name, base64.b64encode(value).rstrip(b"=").decode()) for name, value in status.metadata]
    return fields


def _string(text: str) -> bytes:
    data = text.encode("ascii")
    length = len(data)
    if length < 0x7F:
        return bytes((length,)) + data
    head = bytearray((0x7F,))
    length -= 0x7F
    while length > 0x7F:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    head.append(length)
    return bytes(head) + data
