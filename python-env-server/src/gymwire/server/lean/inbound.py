# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Handles the frames that a connection receives."""

from collections.abc import Callable

from grpc import StatusCode

from gymwire.server.errors import QuotaError
from gymwire.server.lean import frames, headers
from gymwire.server.lean.calls import UNKNOWN_METHOD, UnaryCall
from gymwire.server.lean.frames import ConnectionFaultError, ErrorCode, Kind, Setting, StreamFaultError
from gymwire.server.lean.headers import FieldReader, Fields, Status, UnacceptableError
from gymwire.server.lean.outbound import Outbound
from gymwire.server.lean.stream import Stream
from gymwire.server.service import EnvironmentService

_INTERACT = "/gymwire.v1.EnvironmentService/Interact"


class Inbound:
    """Handles frames: opens the calls that the client requests, and passes the messages in the frames to the calls."""

    def __init__(
        self,
        outbound: Outbound,
        peer: str,
        service: EnvironmentService,
        unary_calls: dict[str, UnaryCall],
        max_streams: int,
        max_message_bytes: int,
    ) -> None:
        self._outbound = outbound
        self._peer = peer
        self._service = service
        self._unary_calls = unary_calls
        self._max_streams = max_streams
        self._max_message_bytes = max_message_bytes
        self._streams = outbound.streams
        self._fields = FieldReader()
        self.last_id = 0
        """The id of the newest stream."""
        self._on_frame: dict[int, Callable[[int, int, bytes], None]] = {
            Kind.DATA: self._on_data,
            Kind.HEADERS: self._on_headers,
            Kind.PRIORITY: self._on_priority,
            Kind.RST_STREAM: self._on_reset,
            Kind.SETTINGS: self._on_settings,
            Kind.PUSH_PROMISE: self._on_misplaced,
            Kind.PING: self._on_ping,
            Kind.GOAWAY: self._on_goaway,
            Kind.WINDOW_UPDATE: self._on_window_update,
            Kind.CONTINUATION: self._on_misplaced,
        }

    def take_request(self, stream_id: int, request: bytes) -> bool:
        """Answers a whole Interact request that came in one DATA frame, and returns True. If the stream or the
        connection is not ready for a new request, does nothing and returns False."""
        stream = self._streams.get(stream_id)
        if stream is None or not stream.is_idle() or self._fields.stream_id is not None:
            return False
        self._outbound.count_received(stream, len(request) + frames.MESSAGE_HEAD.size)
        self._outbound.give_credit(stream)
        self._outbound.answer(stream, request)
        self._outbound.push()
        return True

    def take(self, kind: int, flags: int, stream_id: int, payload: bytes) -> None:
        """Handles one frame."""
        handle = self._on_frame.get(kind)
        expected = self._fields.stream_id
        if expected is not None:
            if (kind, stream_id) != (Kind.CONTINUATION, expected):
                raise ConnectionFaultError(
                    ErrorCode.PROTOCOL_ERROR,
                    "only CONTINUATION frames of the same stream may come after HEADERS until END_HEADERS",
                )
            handle = self._on_continuation
        # HTTP/2 requires that frames of unknown types are ignored.
        if handle is None:
            return
        try:
            handle(flags, stream_id, payload)
        except StreamFaultError as fault:
            self._outbound.reset(stream_id, fault.code)

    def _on_data(self, flags: int, stream_id: int, payload: bytes) -> None:
        stream = self._known(stream_id, "DATA")
        if stream is None:
            self._check_late(stream_id, "DATA")
        self._outbound.count_received(stream, len(payload))
        data = frames.unpadded(payload, flags)
        if stream is None:
            return
        if stream.half_closed:
            raise StreamFaultError(ErrorCode.STREAM_CLOSED)
        stream.count(len(data), ends=bool(flags & frames.END_STREAM))
        # If the call's final status is known, the call accepts no more data. It only sends answers and this status.
        if stream.status is not None or stream.refused is not None:
            stream.half_closed = bool(flags & frames.END_STREAM)
            return
        stream.half_closed = bool(flags & frames.END_STREAM)
        stream.receive(data, self._max_message_bytes)
        self._outbound.give_credit(stream)
        self._outbound.advance(stream)

    def _on_headers(self, flags: int, stream_id: int, payload: bytes) -> None:
        if stream_id % 2 == 0:
            raise ConnectionFaultError(ErrorCode.PROTOCOL_ERROR, f"a client cannot open the stream {stream_id}")
        block = frames.unpadded(payload, flags)
        if flags & frames.PRIORITY:
            if len(block) < 5:
                raise ConnectionFaultError(
                    ErrorCode.FRAME_SIZE_ERROR, "HEADERS is shorter than its priority field, 5 bytes"
                )
            block = block[5:]
        self._take_fields(stream_id, self._fields.begin(stream_id, flags, block))

    def _on_continuation(self, flags: int, stream_id: int, payload: bytes) -> None:
        self._take_fields(stream_id, self._fields.add(flags, payload))

    def _take_fields(self, stream_id: int, fields: Fields | None) -> None:
        if fields is None:
            return
        ends = bool(self._fields.flags & frames.END_STREAM)
        stream = self._streams.get(stream_id)
        if stream is not None:
            # These fields are the client's trailers: fields that end a request. In gRPC, clients send no trailers,
            # but HTTP/2 allows them.
            if stream.half_closed:
                raise StreamFaultError(ErrorCode.STREAM_CLOSED)
            if not ends:
                raise StreamFaultError(ErrorCode.PROTOCOL_ERROR)
            headers.check_ordinary(fields)
            stream.count(0, ends=True)
        elif stream_id <= self.last_id:
            self._check_late(stream_id, "HEADERS")
            return
        else:
            self.last_id = stream_id
            if len(self._streams) >= self._max_streams:
                raise StreamFaultError(ErrorCode.REFUSED_STREAM)
            stream = self._outbound.open(stream_id)
            stream.half_closed = ends
            if not self._begin_call(stream, fields):
                return
        stream.half_closed = ends
        self._outbound.advance(stream)

    def _begin_call(self, stream: Stream, fields: Fields) -> bool:
        """Finds the handler of a call. Ends the stream if there is none, if the request is not a gRPC request, or if
        too many Interact streams are open. Returns whether this stream is still open."""
        try:
            path = headers.requested_path(fields)
            stream.left = headers.content_length(fields)
            stream.count(0, ends=stream.half_closed)
            if path == _INTERACT:
                interaction = self._service.open_stream(self._peer)
                stream.answer, stream.end = interaction.answer, interaction.end
            elif path in self._unary_calls:
                stream.unary = self._unary_calls[path]
            else:
                self._outbound.finish(stream, UNKNOWN_METHOD)
        except UnacceptableError as error:
            self._outbound.refuse(stream, headers.refusal(error.http_status))
        except QuotaError as error:
            self._outbound.finish(stream, Status(StatusCode.RESOURCE_EXHAUSTED, str(error)))
        return stream.id in self._streams

    def _on_priority(self, _: int, stream_id: int, payload: bytes) -> None:
        if stream_id == 0:
            raise ConnectionFaultError(ErrorCode.PROTOCOL_ERROR, "PRIORITY names no stream")
        if len(payload) != 5:
            raise StreamFaultError(ErrorCode.FRAME_SIZE_ERROR)

    def _on_reset(self, _: int, stream_id: int, payload: bytes) -> None:
        frames.read_word(payload)
        self._known(stream_id, "RST_STREAM")
        self._outbound.drop(stream_id)

    def _on_settings(self, flags: int, stream_id: int, payload: bytes) -> None:
        if stream_id != 0:
            raise ConnectionFaultError(ErrorCode.PROTOCOL_ERROR, f"SETTINGS names the stream {stream_id}")
        if flags & frames.ACK:
            if payload:
                raise ConnectionFaultError(ErrorCode.FRAME_SIZE_ERROR, "an acknowledgement of SETTINGS contains values")
            return
        values = frames.read_settings(payload)
        self._outbound.collect(frames.frame(Kind.SETTINGS, frames.ACK, 0))
        self._outbound.set_limits(values.get(Setting.INITIAL_WINDOW_SIZE), values.get(Setting.MAX_FRAME_SIZE))

    def _on_ping(self, flags: int, stream_id: int, payload: bytes) -> None:
        if stream_id != 0:
            raise ConnectionFaultError(ErrorCode.PROTOCOL_ERROR, f"PING names the stream {stream_id}")
        if len(payload) != 8:
            raise ConnectionFaultError(ErrorCode.FRAME_SIZE_ERROR, f"PING has {len(payload)} bytes, not 8")
        if not flags & frames.ACK:
            self._outbound.collect(frames.frame(Kind.PING, frames.ACK, 0, payload))

    def _on_goaway(self, _: int, stream_id: int, payload: bytes) -> None:
        """The client opens no more streams; open streams continue."""
        if stream_id != 0:
            raise ConnectionFaultError(ErrorCode.PROTOCOL_ERROR, f"GOAWAY names the stream {stream_id}")
        if len(payload) < 8:
            raise ConnectionFaultError(ErrorCode.FRAME_SIZE_ERROR, f"GOAWAY has {len(payload)} bytes, fewer than 8")

    def _on_window_update(self, _: int, stream_id: int, payload: bytes) -> None:
        increment = frames.read_word(payload) & frames.MAX_WINDOW
        if stream_id != 0:
            self._known(stream_id, "WINDOW_UPDATE")
        self._outbound.widen(stream_id, increment)

    def _on_misplaced(self, *_: object) -> None:
        raise ConnectionFaultError(
            ErrorCode.PROTOCOL_ERROR,
            "a client must not send PUSH_PROMISE, and may send CONTINUATION only after HEADERS without END_HEADERS",
        )

    def _known(self, stream_id: int, what: str) -> Stream | None:
        """Returns an open stream, or None for a stream that has ended. A client may leave out ids; in HTTP/2, the
        streams with these ids count as ended. Raises ConnectionFaultError for an even id, and for an id that is
        higher than the id of the newest stream."""
        if stream_id % 2 == 0 or stream_id > self.last_id:
            raise ConnectionFaultError(
                ErrorCode.PROTOCOL_ERROR, f"{what} names the stream {stream_id}, which is not open"
            )
        return self._streams.get(stream_id)

    def _check_late(self, stream_id: int, what: str) -> None:
        """Accepts a frame of a stream that the server has reset recently: the client may have sent the frame before it
        received RST_STREAM. Otherwise raises ConnectionFaultError."""
        by_reset = self._outbound.ended_by_reset(stream_id)
        if by_reset is None and what == "HEADERS":
            raise ConnectionFaultError(
                ErrorCode.PROTOCOL_ERROR, f"the stream {stream_id} comes after the stream {self.last_id}; ids must grow"
            )
        if not by_reset:
            raise ConnectionFaultError(
                ErrorCode.STREAM_CLOSED, f"{what} names the stream {stream_id}, which is not open"
            )
