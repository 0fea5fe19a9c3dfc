# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""One client's connection: receives bytes, cuts them into frames, and has the frames handled."""

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

# Beside the Interact streams, of which the service has a limit of its own.
_MORE_STREAMS = 16

# How long a new connection may take to send HTTP/2's preface and SETTINGS.
HANDSHAKE_SECONDS = 10.0
# How long a closing connection waits for a client that does not read.
_FAREWELL_SECONDS = 10.0
# Closing a socket with unread data discards what was just sent, so the rest is read for this long.
_LINGER_SECONDS = 0.2

_FRAME_HEAD_BYTES = frames.FRAME_HEAD.size
_MESSAGE_HEAD_BYTES = frames.MESSAGE_HEAD.size
_BOTH_HEADS_BYTES = frames.MESSAGE_FRAME_HEAD.size
_SIGN_OF_LIFE = frames.frame(Kind.PING, 0, 0, b"gymwire!")


class Keeper(Protocol):
    """Waits for the sockets of all connections, and gives each connection its turns."""

    def watch(self, connection: "Connection", mask: int) -> None:
        """Gives the connection a turn for these events only, until further notice."""

    def return_to(self, connection: "Connection") -> None:
        """Gives the connection one more turn after the others have had theirs."""

    def admit(self, connection: "Connection") -> None:
        """Notes that a handshake is complete; ends a connection if there are too many."""

    def forget(self, connection: "Connection") -> None:
        """Drops a connection that is about to close its socket."""


class Connection:
    """Serves one client by turns, none of which waits for the client; a turn answers one request at most."""

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
        self._has_more = False  # A request has come that the next turn is to answer.
        self._peer_ended = False
        self._closed = False
        self.fd = self._transport.fd
        self.handshake_complete = False
        """The handshake is complete."""
        self.ending = False
        """Nothing is answered any more."""
        self.deadline = time.monotonic() + HANDSHAKE_SECONDS
        """When `expire` is due."""

    def begin(self) -> None:
        """Sends the server's part of the handshake."""
        own_settings = {
            Setting.MAX_CONCURRENT_STREAMS: self._max_streams,
            Setting.INITIAL_WINDOW_SIZE: self._outbound.own_window,
            Setting.MAX_HEADER_LIST_SIZE: MAX_HEADER_BYTES,
        }
        everything = frames.window_update(0, frames.MAX_WINDOW - frames.DEFAULT_WINDOW)
        try:
            self._transport.send(frames.settings(own_settings) + everything)
            self._watch()
        except OSError:
            self.abort()

    def serve(self, event: int) -> None:
        """Takes a turn: for what the socket is ready for, or (0) for a request that has come already."""
        try:
            if event == READABLE and not self._has_more and not self.ending:
                self._receive()
            else:
                self._serve_otherwise(event)
        except ConnectionFaultError as fault:
            self.end(fault.code, str(fault))
        except OSError:
            # The client is gone: it gets no answer, and need not tell.
            self.abort()
        except Exception as error:
            # The thread has others to serve.
            _LOG.error("a connection failed by a defect of the server", exc_info=error)
            self.end(ErrorCode.INTERNAL_ERROR, "the server failed; its log has the traceback")

    def end(self, code: ErrorCode = ErrorCode.NO_ERROR, reason: str = "") -> None:
        """Releases the sessions, says goodbye, and closes once the client has taken what was answered."""
        if self.ending:
            return
        self.ending = True
        self._outbound.end()
        self._unread.clear()
        try:
            self._outbound.push()
            self._transport.send(frames.goaway(self._inbound.last_id, code, reason))
            self._say_goodbye(_FAREWELL_SECONDS)
        except OSError:
            self.abort()

    def abort(self) -> None:
        """Ends the connection at once."""
        if not self._closed:
            self._closed = self.ending = True
            self._outbound.end()
            self._keeper.forget(self)
            self._transport.close()

    def expire(self) -> None:
        """Ends a connection that has let its deadline pass."""
        if self.ending:
            self.abort()
        else:
            text = f"the handshake was not complete after {HANDSHAKE_SECONDS:g} s"
            self.end(ErrorCode.ENHANCE_YOUR_CALM, text)

    def is_idle(self) -> bool:
        """Returns whether no call is open."""
        return not self._outbound.streams

    def keep_alive(self) -> None:
        """Pings the client, from another thread: its own pings find no answer while a request is under way."""
        self._transport.send_now(_SIGN_OF_LIFE)

    def _serve_otherwise(self, event: int) -> None:
        if event & ~READABLE:
            self._send_rest()
        if self.ending:
            self._discard()
        elif len(self._transport.unsent) > self._max_unsent:
            # The client is to take answers before it gets more of them.
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
        elif self._unread or not self.handshake_complete or not self._answer_at_once(data):
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
        """Goes on with what the client did not take before."""
        if not self._transport.unsent:
            return
        clogged = len(self._transport.unsent) > self._max_unsent
        sent = self._transport.flush()
        if self.ending:
            if sent:
                self._say_goodbye(_FAREWELL_SECONDS)
            return
        self._watch()
        if clogged and self._has_more and len(self._transport.unsent) <= self._max_unsent:
            self._keeper.return_to(self)

    def _watch(self) -> None:
        """Returns which events the next turn is for."""
        unsent = len(self._transport.unsent)
        reads = not self._peer_ended and (self.ending or unsent <= self._max_unsent)
        wanted = (READABLE if reads else 0) | (WRITABLE if unsent else 0)
        if wanted != self._watched:
            self._watched = wanted
            self._keeper.watch(self, wanted)

    def _say_goodbye(self, seconds: float) -> None:
        if not self._transport.unsent:
            if self._peer_ended:
                self.abort()
                return
            self._transport.end_sending()
            seconds = _LINGER_SECONDS
        self.deadline = time.monotonic() + seconds
        self._watch()

    def _discard(self) -> None:
        """Reads what nobody will answer."""
        if not self._closed and not self._peer_ended and self._transport.receive() == b"":
            self._peer_ended = True
            # It may still take the answers.
            self._say_goodbye(_FAREWELL_SECONDS)

    def _has_greeting(self) -> bool:
        """Returns whether the client's preface and its first frame, which must be SETTINGS, have come."""
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

    def _answer_at_once(self, data: bytes) -> bool:
        """Takes the short way for what is usual, one whole request in one DATA frame; says whether it was that."""
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
        """Handles the whole frames among the unread bytes, until a second request would be answered in this turn."""
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
