# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""One call on an HTTP/2 connection: messages that arrive in pieces, and answers that wait until the client's
flow-control windows allow them."""

from collections import deque
from collections.abc import Callable

from grpc import StatusCode

from gymwire.server.lean.calls import UnaryCall
from gymwire.server.lean.frames import MESSAGE_HEAD, ErrorCode, StreamFaultError
from gymwire.server.lean.headers import Status


class Stream:
    """A call. It is either interactive, with `answer` and `end`, or unary."""

    def __init__(self, stream_id: int, window: int) -> None:
        self.id = stream_id
        self.window = window
        """The number of bytes that the client still accepts. A change of the client's settings can make it negative."""
        self.answer: Callable[[bytes], bytes] | None = None
        self.end: Callable[[], None] | None = None
        self.unary: UnaryCall | None = None
        self.begun = False
        """Whether the response's header fields are sent."""
        self.half_closed = False
        """Whether the client has ended its side of the stream."""
        self.inbox: deque[bytes] = deque()
        """Whole requests that wait, for example until earlier answers are sent."""
        self.unsent = bytearray()
        """Framed answers that wait until the client's windows allow them."""
        self.status: Status | None = None
        """The status of the call. It is set when only unsent answers and the trailers (the last header fields) are
        left to send."""
        self.refused: Status | None = None
        """The status with which the call ends after the requests in the inbox are answered. It is set when the next
        message cannot be accepted."""
        self.left: int | None = None
        """Bytes of DATA that the client must still send, if its header fields gave a length."""
        self.uncredited = 0
        """The number of received bytes of DATA for which no WINDOW_UPDATE was sent to the client yet."""
        self._pieces = bytearray()
        self._inbox_bytes = 0

    def is_idle(self) -> bool:
        """Returns whether a whole message that arrives now can be answered immediately."""
        return not (
            self.answer is None
            or self._pieces
            or self.inbox
            or self.unsent
            or self.half_closed
            or self.status is not None
            or self.left is not None
        )

    def count(self, length: int, ends: bool) -> None:
        """Compares the received bytes of DATA with the length in the header fields; `ends` is true for the
        last bytes of the stream."""
        if self.left is not None:
            self.left -= length
            if self.left < 0 or (ends and self.left > 0):
                raise StreamFaultError(ErrorCode.PROTOCOL_ERROR)

    def has_pieces(self) -> bool:
        """Returns whether the beginning of a message has arrived without its end."""
        return bool(self._pieces)

    def waiting_bytes(self) -> int:
        """Returns the number of received bytes that were not taken yet, without the heads of complete messages."""
        return len(self._pieces) + self._inbox_bytes

    def receive(self, data: bytes, max_message_bytes: int) -> None:
        """Adds data, and puts the messages that are now complete into the inbox."""
        pieces = self._pieces
        pieces += data
        while len(pieces) >= MESSAGE_HEAD.size:
            compressed, size = MESSAGE_HEAD.unpack_from(pieces)
            if compressed or size > max_message_bytes:
                self.refused = _refusal(compressed, size, max_message_bytes)
                return
            end = MESSAGE_HEAD.size + size
            if len(pieces) < end:
                return
            self.inbox.append(bytes(pieces[MESSAGE_HEAD.size : end]))
            self._inbox_bytes += size
            del pieces[:end]

    def take(self) -> bytes:
        """Removes the oldest request from the inbox, and returns it."""
        message = self.inbox.popleft()
        self._inbox_bytes -= len(message)
        return message


def _refusal(compressed: int, size: int, max_message_bytes: int) -> Status:
    if compressed:
        return Status(
            StatusCode.UNIMPLEMENTED,
            "the message is compressed, which this server does not support; send it without compression",
        )
    return Status(
        StatusCode.RESOURCE_EXHAUSTED,
        f"the message has {size} bytes, but a message may have at most {max_message_bytes} bytes; "
        "send less at a time, or start the server with a higher --max-message-mib",
    )
