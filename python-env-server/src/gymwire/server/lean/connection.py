# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""One client's connection: receives bytes, splits them into frames, and passes the frames on."""

import logging
import math
import socket
import time
from typing import Protocol

from gymwire.server.lean import frames
from gymwire.server.lean.calls import UnaryCall
from gymwire.server.lean.frames import ConnectionFaultError, ErrorCode, Kind, Setting
from gymwire.server.lean.headers import MAX_HEADER_BYTES
from gymwire.server.lean.inbound import Inbound
from gymwire.server.lean.outbound import Outbound
from gymwire.server.lean.polling import READABLE, WRITABLE
from gymwire.server.lean.transport import Transport
from gymwire.server.limits import Limits
from gymwire.server.service import EnvironmentService

_LOG = logging.getLogger(__name__)

# The number of streams that a connection may have beyond `max_streams`, for calls other than Interact. The service
# itself limits the Interact streams.
_MORE_STREAMS = 16

# How long a new connection may take to send HTTP/2's preface and SETTINGS.
HANDSHAKE_SECONDS = 60.0
# How long a closing connection waits for a client that does not read.
_FAREWELL_SECONDS = 10.0
# How long the rest of the client's data is read before the socket is closed. If a socket with unread data is closed,
# the client can lose the last answers.
_LINGER_SECONDS = 0.2

_FRAME_HEAD_BYTES = frames.FRAME_HEAD.size
_MESSAGE_HEAD_BYTES = frames.MESSAGE_HEAD.size
_BOTH_HEADS_BYTES = frames.MESSAGE_FRAME_HEAD.size
_KEEPALIVE_PING = frames.frame(Kind.PING, 0, 0, b"gymwire!")


class Keeper(Protocol):
    """Waits for the sockets of all connections, and gives each connection its turns."""

    def watch(self, connection: "Connection", mask: int) -> None:
        """Replaces the events that give the connection a turn; `mask` has the new events of the socket."""

    def return_to(self, connection: "Connection") -> None:
        """Gives the connection one more turn, after the turns of the other connections."""

    def admit(self, connection: "Connection") -> None:
        """The connection calls this method when its handshake is complete. If too many connections are open, this
        method ends another connection that is idle. If there is none, it ends the new connection."""

    def forget(self, connection: "Connection") -> None:
        """Drops a connection that is about to close its socket."""


class Connection:
    """Serves one client in turns. A turn never waits for the client, and answers at most one request."""

    def __init__(
        self,
        connected: socket.socket,
        peer: str,
        service: EnvironmentService,
        unary_calls: dict[str, UnaryCall],
        limits: Limits,
        keeper: Keeper,
    ) -> None:
        self._keeper = keeper
        self._max_streams = limits.max_streams + _MORE_STREAMS
        self._max_unsent = limits.max_message_bytes
        self._transport = Transport(connected)
        self._outbound = Outbound(self._transport, peer, limits.max_message_bytes)
        self._inbound = Inbound(self._outbound, peer, service, unary_calls, self._max_streams, limits.max_message_bytes)
        self._unread = bytearray()
        self._watched = READABLE
        self._has_more = False  # Whether a request has come that a later turn will answer.
        self._peer_ended = False
        self._closed = False
        self.fd = self._transport.fd
        self.handshake_complete = False
        self.ending = False
        """Whether the connection is ending. It then answers no more requests."""
        self.deadline = time.monotonic() + HANDSHAKE_SECONDS
        """The time when `expire` must be called, on the monotonic clock in seconds."""

    def begin(self) -> None:
        """Sends the server's part of the handshake."""
        own_settings = {
            Setting.MAX_CONCURRENT_STREAMS: self._max_streams,
            Setting.INITIAL_WINDOW_SIZE: self._outbound.own_window,
            Setting.MAX_HEADER_LIST_SIZE: MAX_HEADER_BYTES,
        }
        full_window = frames.window_update(0, frames.MAX_WINDOW - frames.DEFAULT_WINDOW)
        try:
            self._transport.send(frames.settings(own_settings) + full_window)
            self._watch()
        except OSError:
            self.abort()

    def serve(self, event: int) -> None:
        """Takes a turn for an event of the socket, or, if `event` is 0, for a request that has already come."""
        try:
            if event == READABLE and not self._has_more and not self.ending:
                self._receive()
            else:
                self._serve_otherwise(event)
        except ConnectionFaultError as fault:
            self.end(fault.code, str(fault))
        except OSError:
            # The client has disconnected: it cannot get an answer.
            self.abort()
        except Exception as error:
            # The exception must not end the thread, which serves other connections too.
            _LOG.error("a connection failed because of a defect in the server", exc_info=error)
            self.end(ErrorCode.INTERNAL_ERROR, "the server failed; its log has the traceback")

    def end(self, code: ErrorCode = ErrorCode.NO_ERROR, reason: str = "") -> None:
        """Releases the sessions and sends GOAWAY. Soon after GOAWAY and all earlier frames are sent, the socket is
        closed. The socket is also closed if the client does not read these frames in time. Answers that wait for the
        client's flow-control windows are dropped."""
        if self.ending:
            return
        self.ending = True
        self._outbound.end()
        self._unread.clear()
        try:
            self._outbound.push()
            self._transport.send(frames.goaway(self._inbound.last_id, code, reason))
            self._finish_sending(_FAREWELL_SECONDS)
        except OSError:
            self.abort()

    def abort(self) -> None:
        """Ends the connection immediately."""
        if not self._closed:
            self._closed = self.ending = True
            self._outbound.end()
            self._keeper.forget(self)
            self._transport.close()

    def expire(self) -> None:
        """Ends a connection whose deadline has passed."""
        if self.ending:
            self.abort()
        else:
            text = f"the handshake was not complete after {HANDSHAKE_SECONDS:g} s"
            self.end(ErrorCode.ENHANCE_YOUR_CALM, text)

    def is_idle(self) -> bool:
        """Returns whether no call is open."""
        return not self._outbound.streams

    def keep_alive(self) -> None:
        """Pings the client to show that the server is alive. Another thread calls this method while a request is under
        way, because the client's own pings get no answer then."""
        self._transport.send_now(_KEEPALIVE_PING)

    def _serve_otherwise(self, event: int) -> None:
        if event & ~READABLE:
            self._send_rest()
        if self.ending:
            self._discard()
        elif len(self._transport.unsent) > self._max_unsent:
            # The client must read answers before it gets more of them.
            self._watch()
        elif event == 0:
            self._take_turn()
        elif not self._has_more:
            self._receive()

    def _receive(self) -> None:
        data = self._transport.receive()
        if not data:
            if data is not None:
                self._peer_ended = True
                self.end()
        elif self._unread or not self.handshake_complete or not self._answer_immediately(data):
            self._unread += data
            if self.handshake_complete or self._has_greeting():
                self._take_turn()
        elif self._transport.unsent:
            self._watch()

    def _take_turn(self) -> None:
        self._outbound.begin_turn()
        self._read_frames()
        self._outbound.push()
        self._has_more = bool(self._outbound.waiting)
        if self._transport.unsent:
            self._watch()
        if self._has_more and len(self._transport.unsent) <= self._max_unsent:
            self._keeper.return_to(self)

    def _send_rest(self) -> None:
        """Sends more of the data that the socket has not accepted yet."""
        if not self._transport.unsent:
            return
        was_full = len(self._transport.unsent) > self._max_unsent
        sent = self._transport.flush()
        if self.ending:
            if sent:
                self._finish_sending(_FAREWELL_SECONDS)
            return
        self._watch()
        if was_full and self._has_more and len(self._transport.unsent) <= self._max_unsent:
            self._keeper.return_to(self)

    def _watch(self) -> None:
        """Sets the events that give the connection its next turn."""
        unsent = len(self._transport.unsent)
        reads = not self._peer_ended and (self.ending or unsent <= self._max_unsent)
        wanted = (READABLE if reads else 0) | (WRITABLE if unsent else 0)
        if wanted != self._watched:
            self._watched = wanted
            self._keeper.watch(self, wanted)

    def _finish_sending(self, seconds: float) -> None:
        if not self._transport.unsent:
            if self._peer_ended:
                self.abort()
                return
            self._transport.end_sending()
            seconds = _LINGER_SECONDS
        self.deadline = time.monotonic() + seconds
        self._watch()

    def _discard(self) -> None:
        """Reads and drops data that will not be answered."""
        if not self._closed and not self._peer_ended and self._transport.receive() == b"":
            self._peer_ended = True
            # Perhaps the client has ended only its sending. Then it can still read the answers.
            self._finish_sending(_FAREWELL_SECONDS)

    def _has_greeting(self) -> bool:
        """Completes the handshake if the client's preface and its first frame have come; the frame must be SETTINGS.
        A frame that is too long need not be complete: `_read_frames` refuses it. Returns whether the connection can
        then answer requests."""
        unread = self._unread
        if not frames.PREFACE.startswith(unread[: len(frames.PREFACE)]):
            raise ConnectionFaultError(ErrorCode.PROTOCOL_ERROR, "the connection does not begin with HTTP/2's preface")
        if len(unread) < len(frames.PREFACE) + _FRAME_HEAD_BYTES:
            return False
        high, low, kind, flags, _ = frames.FRAME_HEAD.unpack_from(unread, len(frames.PREFACE))
        if (kind, flags & frames.ACK) != (Kind.SETTINGS, 0):
            raise ConnectionFaultError(ErrorCode.PROTOCOL_ERROR, "the first frame must be SETTINGS")
        length = high << 8 | low
        if length <= frames.MAX_FRAME_BYTES and len(unread) < len(frames.PREFACE) + _FRAME_HEAD_BYTES + length:
            return False
        del unread[: len(frames.PREFACE)]
        self.handshake_complete = True
        self.deadline = math.inf
        self._keeper.admit(self)
        return not self.ending

    def _answer_immediately(self, data: bytes) -> bool:
        """Answers the request if the data is one DATA frame with one whole Interact request, and the stream is ready
        for it. This is the usual case. Returns whether it has answered the request."""
        if len(data) < _BOTH_HEADS_BYTES:
            return False
        high, low, kind, flags, stream_id, compressed, size = frames.MESSAGE_FRAME_HEAD.unpack_from(data)
        length = len(data) - _FRAME_HEAD_BYTES
        return (
            kind == flags == compressed == 0
            and high << 8 | low == length <= frames.MAX_FRAME_BYTES
            and size == length - _MESSAGE_HEAD_BYTES
            and self._inbound.take_request(stream_id, data[_BOTH_HEADS_BYTES:])
        )

    def _read_frames(self) -> None:
        """Handles the complete frames among the unread bytes; stops before a second answer in this turn."""
        unread, waiting, at = self._unread, self._outbound.waiting, 0
        while len(unread) - at >= _FRAME_HEAD_BYTES and not waiting:
            high, low, kind, flags, stream_id = frames.FRAME_HEAD.unpack_from(unread, at)
            begin = at + _FRAME_HEAD_BYTES
            length = high << 8 | low
            if length > frames.MAX_FRAME_BYTES:
                raise ConnectionFaultError(
                    ErrorCode.FRAME_SIZE_ERROR, f"a frame has {length} bytes, more than {frames.MAX_FRAME_BYTES}"
                )
            if len(unread) - begin < length:
                break
            at = begin + length
            self._inbound.take(kind, flags, stream_id & frames.STREAM_ID_MASK, bytes(unread[begin:at]))
        del unread[:at]
