# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""One call on a connection: messages that come in pieces, and answers that wait for the client to take them."""

from collections import deque
from collections.abc import Callable

from grpc import StatusCode

from gymwire.server.lean.calls import UnaryCall
from gymwire.server.lean.frames import MESSAGE_HEAD, ErrorCode, StreamFaultError
from gymwire.server.lean.headers import Status


class Stream:
    """Either interactive, with `answer` and `end`, or one unary call."""

    def __init__(self, stream_id: int, window: int) -> None:
        self.id = stream_id
        self.window = window
        """Bytes that the client still takes; its settings may make it negative."""
        self.answer: Callable[[bytes], bytes] | None = None
        self.end: Callable[[], None] | None = None
        self.unary: UnaryCall | None = None
        self.begun = False
        """The response's header fields are sent."""
        self.half_closed = False
        """The client sends no more."""
        self.inbox: deque[bytes] = deque()
        """Whole requests that wait until earlier answers are sent."""
        self.unsent = bytearray()
        """Framed answers for which the client has no room yet."""
        self.status: Status | None = None
        """Set once nothing follows but the trailers."""
        self.refused: Status | None = None
        """How the call ends after the requests in the inbox, because what follows them cannot be taken."""
        self.left: int | None = None
        """Bytes of DATA that the client is yet to send, if its header fields said so."""
        self.uncredited = 0
        """Bytes received for which the client was not given new room."""
        self._pieces = bytearray()
        self._inbox_bytes = 0

    def is_idle(self) -> bool:
        """Returns whether a whole message that arrives now can be answered at once."""
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
        """Compares the bytes of DATA that come, to the end of them or not, with what the header fields said."""
        if self.left is not None:
            self.left -= length
            if self.left < 0 or (ends and self.left > 0):
                raise StreamFaultError(ErrorCode.PROTOCOL_ERROR)

    def has_pieces(self) -> bool:
        """Returns whether the beginning of a message has arrived without its end."""
        return bool(self._pieces)

    def waiting_bytes(self) -> int:
        """Returns how much was received and not taken."""
        return len(self._pieces) + self._inbox_bytes

    def receive(self, data: bytes, max_message_bytes: int) -> None:
        """Puts the messages that are now whole into the inbox."""
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
        """Returns the oldest waiting request."""
        message = self.inbox.popleft()
        self._inbox_bytes -= len(message)
        return message


def _refusal(compressed: int, size: int, max_message_bytes: int) -> Status:
    if compressed:
        return Status(
            StatusCode.UNIMPLEMENTED, "the message is compressed, which this server does not know; send it as it is"
        )
    return Status(
        StatusCode.RESOURCE_EXHAUSTED,
        f"the message has {size} bytes and a message may have {max_message_bytes}; "
        "send less at a time, or start the server with a higher --max-message-mib",
    )
