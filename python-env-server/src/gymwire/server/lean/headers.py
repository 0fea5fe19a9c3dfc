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

# The maximum size of a request's header fields, in bytes. It is also the maximum size of the request's trailers. Both
# have this limit before and after decompression. After decompression, each field counts 32 bytes more than its name and
# value (RFC 9113, section 6.5.2).
MAX_HEADER_BYTES = 1 << 16
# The bytes that each frame adds to the counted size, so that many empty frames reach the limit too.
_FRAME_COST = 9

_PSEUDO = {":method", ":scheme", ":path", ":authority"}
# HTTP/1.1's fields about a connection, which HTTP/2 forbids.
_OF_CONNECTIONS = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"}

# A content-length must have fewer digits than this number; parsing thousands of digits takes long.
_MOST_DIGITS = 20

# The characters that are not escaped in grpc-message: printable ASCII except the percent sign.
_PLAIN = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")

BEGINNING: Fields = [
    (":status", "200"),
    ("content-type", "application/grpc"),
    ("grpc-accept-encoding", "identity"),
]


class Status(NamedTuple):
    """The status at the end of a call."""

    code: StatusCode
    message: str = ""
    metadata: tuple[tuple[str, bytes], ...] = ()
    """Binary fields that are sent with the status; their names end with ``-bin``."""


OK = Status(StatusCode.OK)


class UnacceptableError(Exception):
    """The request is not a gRPC request; the answer is plain HTTP."""

    def __init__(self, http_status: int) -> None:
        super().__init__(http_status)
        self.http_status = http_status


class FieldReader:
    """Joins the header fields of one HEADERS frame and any number of CONTINUATION frames."""

    def __init__(self) -> None:
        self._decoder = hpack.Decoder(MAX_HEADER_BYTES)
        self._block = bytearray()
        self._cost = 0
        self.stream_id: int | None = None
        """The stream whose fields are not complete yet; None if there is no such stream."""
        self.flags = 0
        """The flags of the HEADERS frame."""

    def begin(self, stream_id: int, flags: int, block: bytes) -> Fields | None:
        """Adds the first part; returns the fields once they are complete."""
        self.stream_id, self.flags = stream_id, flags
        self._block = bytearray()
        self._cost = 0
        return self.add(flags, block)

    def add(self, flags: int, block: bytes) -> Fields | None:
        """Adds the next part; returns the fields once they are complete."""
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
    """Returns header fields in the literal form of HPACK (HTTP/2's compression of header fields). This form needs no
    table of earlier fields on either side (RFC 7541, section 6.2.2)."""
    # The first byte sets the size of the table to 0.
    return b"\x20" + b"".join(b"\x00" + _string(name) + _string(value) for name, value in fields)


def requested_path(fields: Fields) -> str:
    """Returns the path of a gRPC request. Raises StreamFaultError if the fields break HTTP/2's rules, and
    UnacceptableError for a request that is not a gRPC request."""
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
    """Checks a request's trailers, or its fields after the pseudo-header fields (names that begin with a colon).
    Refuses fields that HTTP/2 forbids there. Of the forbidden characters, it refuses only capital letters in names."""
    for name, value in fields:
        is_te = name == "te" and value != "trailers"
        if name.startswith(":") or name != name.lower() or name in _OF_CONNECTIONS or is_te:
            raise StreamFaultError(ErrorCode.PROTOCOL_ERROR)


def content_length(fields: Fields) -> int | None:
    """Returns a request's content-length, which says how many bytes its DATA frames carry; None if the fields have no
    content-length. Raises StreamFaultError if the content-length is not valid."""
    given = {value for name, value in fields if name == "content-length"}
    if not given:
        return None
    length = given.pop()
    if given or not (length.isascii() and length.isdigit() and len(length) < _MOST_DIGITS):
        raise StreamFaultError(ErrorCode.PROTOCOL_ERROR)
    return int(length)


def refusal(http_status: int) -> Fields:
    """Returns the fields of the answer to a request that is not a gRPC request."""
    return [(":status", str(http_status)), ("content-length", "0")]


def trailers(status: Status) -> Fields:
    """Returns the fields that end a response."""
    fields = [("grpc-status", str(status.code.value[0]))]
    if status.message:
        fields.append(("grpc-message", urllib.parse.quote(status.message, safe=_PLAIN, errors="replace")))
    # gRPC sends base 64 without padding.
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
