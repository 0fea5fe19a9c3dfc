# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""One client's connection, on one thread: receives bytes, cuts them into frames, and has the frames handled."""

import contextlib
import socket

from gymwire.server.lean import frames
from gymwire.server.lean.calls import UnaryCall
from gymwire.server.lean.frames import ConnectionFaultError, ErrorCode, Kind, Setting
from gymwire.server.lean.headers import MAX_HEADER_BYTES
from gymwire.server.lean.inbound import Inbound
from gymwire.server.lean.outbound import Outbound
from gymwire.server.lean.transport import Transport
from gymwire.server.limits import Limits
from gymwire.server.service import EnvironmentService

# Beside the Interact streams, of which the service has a limit of its own.
_MORE_STREAMS = 16

_FRAME_HEAD_BYTES = frames.FRAME_HEAD.size
_MESSAGE_HEAD_BYTES = frames.MESSAGE_HEAD.size
_BOTH_HEADS_BYTES = frames.MESSAGE_FRAME_HEAD.size
_SIGN_OF_LIFE = frames.frame(Kind.PING, 0, 0, b"gymwire!")


class Connection:
    """Serves one client until either side ends."""

    def __init__(
        self,
        connected: socket.socket,
        peer: str,
        service: EnvironmentService,
        unary_calls: dict[str, UnaryCall],
        limits: Limits,
    ) -> None:
        self._max_streams = limits.max_streams + _MORE_STREAMS
        self._transport = Transport(connected, max_unread=limits.max_message_bytes)
        self._outbound = Outbound(self._transport, peer, limits.max_message_bytes)
        self._inbound = Inbound(self._outbound, peer, service, unary_calls, self._max_streams, limits.max_message_bytes)
        self._turns = 0  # Of receiving and answering.
        self._turns_seen = 0
        self._busy = False
        self._finishing = False

    def run(self) -> None:
        """Serves; returns when the connection has ended and its streams have released their sessions."""
        code, reason = ErrorCode.NO_ERROR, ""
        try:
            # A client that is gone gets no answer, and need not tell.
            with contextlib.suppress(OSError):
                try:
                    self._serve()
                except ConnectionFaultError as fault:
                    code, reason = fault.code, str(fault)
                self._transport.send(frames.goaway(self._inbound.last_id, code, reason))
                self._transport.linger()
        finally:
            self._outbound.end()
            self._transport.close()

    def finish(self) -> None:
        """Makes `run` return once the request under way is answered; from any thread."""
        self._finishing = True
        if not self._busy:
            self._transport.send_now(frames.goaway(self._inbound.last_id, ErrorCode.NO_ERROR, ""))
            self.abort()

    def abort(self) -> None:
        """Ends the connection at once; from any thread."""
        self._transport.shutdown(socket.SHUT_RDWR)

    def show_life(self) -> None:
        """Pings a client whose request has been under way since the last call: its own pings find no answer meanwhile.
        To be called from another thread once a second or so."""
        if self._busy and self._turns == self._turns_seen:
            self._transport.send_now(_SIGN_OF_LIFE)
        self._turns_seen = self._turns

    def _serve(self) -> None:
        own_settings = {
            Setting.MAX_CONCURRENT_STREAMS: self._max_streams,
            Setting.INITIAL_WINDOW_SIZE: self._outbound.own_window,
            Setting.MAX_HEADER_LIST_SIZE: MAX_HEADER_BYTES,
        }
        everything = frames.window_update(0, frames.MAX_WINDOW - frames.DEFAULT_WINDOW)
        self._transport.send(frames.settings(own_settings) + everything)
        if not self._has_preface():
            return
        unread = self._transport.unread
        self._busy = True
        self._read_frames()
        self._busy = False
        while not self._finishing and (data := self._transport.receive()):
            self._busy = True
            self._turns += 1
            if unread or not self._answer_at_once(data):
                unread += data
            # Answering may have left more to read.
            if unread:
                self._read_frames()
            self._busy = False

    def _has_preface(self) -> bool:
        """Waits for the client's preface and its first frame; says whether they came before the end."""
        unread = self._transport.unread
        while len(unread) < len(frames.PREFACE) + _FRAME_HEAD_BYTES:
            data = self._transport.receive()
            unread += data
            if not frames.PREFACE.startswith(unread[: len(frames.PREFACE)]):
                raise ConnectionFaultError(
                    ErrorCode.PROTOCOL_ERROR, "the connection does not begin with HTTP/2's preface"
                )
            if not data:
                return False
        del unread[: len(frames.PREFACE)]
        if (unread[3], unread[4] & frames.ACK) != (Kind.SETTINGS, 0):
            raise ConnectionFaultError(ErrorCode.PROTOCOL_ERROR, "the first frame must be SETTINGS")
        return True

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
        """Handles the whole frames among the unread bytes, which become more while answers are sent."""
        unread, left = self._transport.unread, -1
        while len(unread) != left:
            at = 0
            while len(unread) - at >= _FRAME_HEAD_BYTES:
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
            left = len(unread)
            self._outbound.push()
            if self._finishing:
                return
