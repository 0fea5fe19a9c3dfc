# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The data that a connection sends: the answers, as far as the client's flow-control windows allow, and the ends of
calls."""

from grpc import StatusCode

from gymwire.server.lean import frames, headers
from gymwire.server.lean.calls import UnaryCall, failure
from gymwire.server.lean.frames import ConnectionFaultError, ErrorCode, Kind, StreamFaultError
from gymwire.server.lean.headers import OK, Fields, Status
from gymwire.server.lean.stream import Stream
from gymwire.server.lean.transport import Transport

_BEGINNING = headers.encode(headers.BEGINNING)
_MESSAGE_HEAD_BYTES = frames.MESSAGE_HEAD.size

# The server's windows limit what the client sends. Each WINDOW_UPDATE frame that the server sends enlarges one of them
# by at least this number of bytes.
_CREDIT_BYTES = 1 << 18

# The number of ended streams that are remembered. DATA and HEADERS may still arrive for streams that the server has
# ended by RST_STREAM. For other ended streams, DATA and HEADERS are an error.
_REMEMBERED = 1000


class Outbound:
    """Manages the open streams. It collects the frames to send, and sends them at the latest when the turn of the
    connection ends. `Connection` explains turns."""

    def __init__(self, transport: Transport, peer: str, max_message_bytes: int) -> None:
        self._transport = transport
        self._peer = peer
        self._max_message_bytes = max_message_bytes
        self._out: list[bytes] = []
        self._uncredited = 0
        # The client's limits: bytes on the connection, bytes on a new stream, bytes in one frame.
        self._window = frames.DEFAULT_WINDOW
        self._stream_window = frames.DEFAULT_WINDOW
        self._max_frame = frames.MAX_FRAME_BYTES
        self.own_window = own_window(max_message_bytes)
        """Bytes that the client may send on a stream."""
        self.streams: dict[int, Stream] = {}
        self.waiting: dict[int, Stream] = {}
        """Streams with a request that a later turn will answer. The first of them is answered next."""
        self._answered = False  # Whether this turn has answered a request.
        self._ended: dict[int, bool] = {}  # For each ended stream, whether the server sent RST_STREAM; oldest first.

    def begin_turn(self) -> None:
        """Begins a turn of the connection. If streams are waiting, answers the next request of the first one."""
        self._answered = False
        if self.waiting:
            self.advance(self.waiting.pop(next(iter(self.waiting))))

    def collect(self, frame: bytes) -> None:
        """Adds a frame to the frames that `push` sends."""
        self._out.append(frame)

    def push(self) -> None:
        """Sends the collected frames."""
        if self._out:
            data = b"".join(self._out)
            self._out.clear()
            self._transport.send(data)

    def end(self) -> None:
        """Ends every stream, so that the streams release their sessions."""
        for stream_id in list(self.streams):
            self.drop(stream_id)

    def answer(self, stream: Stream, request: bytes) -> None:
        """Answers one request of an interactive stream, and sends as much of the answer as the windows allow."""
        assert stream.answer is not None
        try:
            answer = stream.answer(request)
        except Exception as error:
            self.finish(stream, failure(error))
            return
        size = len(answer)
        length = size + _MESSAGE_HEAD_BYTES
        # Only an answer within all four limits below is sent in one piece. The maximum size of a frame is nearly always
        # the smallest of these limits.
        fits = length <= self._max_frame and size <= self._max_message_bytes
        if stream.begun and fits and length <= stream.window and length <= self._window:
            stream.window -= length
            self._window -= length
            head = frames.MESSAGE_FRAME_HEAD.pack(length >> 8, length & 0xFF, Kind.DATA, 0, stream.id, 0, size)
            self._transport.send(head + answer)
        else:
            self._put(stream, answer)
            self.push()

    def advance(self, stream: Stream) -> None:
        """Answers the stream's next request, once all earlier answers of the stream are sent. If this turn has already
        answered a request, the stream waits for a later turn. Ends a stream that is finished."""
        if stream.status is not None:
            self.finish(stream, stream.status)
            return
        while stream.inbox and stream.status is None and not stream.unsent:
            if stream.unary is not None and not stream.half_closed:
                break
            if self._answered:
                self.waiting[stream.id] = stream
                return
            self._answered = True
            if stream.unary is None:
                self.answer(stream, self._take_from(stream))
            else:
                self._answer_unary(stream, stream.unary, self._take_from(stream))
        if stream.status is not None or stream.inbox or stream.unsent:
            return
        if stream.refused is not None:
            self.finish(stream, stream.refused)
        elif stream.half_closed:
            whole = stream.unary is None and not stream.has_pieces()
            self.finish(stream, OK if whole else Status(StatusCode.INTERNAL, "the call ended without a whole message"))

    def _take_from(self, stream: Stream) -> bytes:
        request = stream.take()
        self.give_credit(stream)
        self.push()
        return request

    def _answer_unary(self, stream: Stream, call: UnaryCall, request: bytes) -> None:
        status, message = call(request, self._peer)
        if message is not None:
            self._put(stream, message)
        if stream.status is None:
            self.finish(stream, status)

    def _put(self, stream: Stream, message: bytes) -> None:
        """Sends as much of a message as the windows allow, and keeps the rest."""
        if len(message) > self._max_message_bytes:
            text = (
                f"the answer has {len(message)} bytes, but a message may have at most {self._max_message_bytes} bytes; "
                "ask for less at a time, or start the server with a higher --max-message-mib"
            )
            self.finish(stream, Status(StatusCode.RESOURCE_EXHAUSTED, text))
            return
        stream.unsent += frames.MESSAGE_HEAD.pack(0, len(message))
        stream.unsent += message
        self._flush(stream)

    def _flush(self, stream: Stream) -> None:
        if not stream.begun:
            stream.begun = True
            self._out.append(frames.frame(Kind.HEADERS, frames.END_HEADERS, stream.id, _BEGINNING))
        while stream.unsent and (room := min(stream.window, self._window, self._max_frame)) > 0:
            part = stream.unsent[:room]
            del stream.unsent[:room]
            stream.window -= len(part)
            self._window -= len(part)
            self._out.append(frames.frame(Kind.DATA, 0, stream.id, part))

    def finish(self, stream: Stream, status: Status) -> None:
        """Ends a stream with a status, once its answers are sent."""
        stream.status = status
        if stream.unsent:
            return
        fields = [*([] if stream.begun else headers.BEGINNING), *headers.trailers(status)]
        self._send_end(stream, fields)

    def _send_end(self, stream: Stream, fields: Fields) -> None:
        flags = frames.END_HEADERS | frames.END_STREAM
        self._out.append(frames.frame(Kind.HEADERS, flags, stream.id, headers.encode(fields)))
        if stream.half_closed:
            self.drop(stream.id)
        else:
            # Tells the client to stop sending: the rest of its request is not read.
            self.reset(stream.id, ErrorCode.NO_ERROR)

    def open(self, stream_id: int) -> Stream:
        """Returns a new stream."""
        stream = self.streams[stream_id] = Stream(stream_id, self._stream_window)
        return stream

    def refuse(self, stream: Stream, fields: Fields) -> None:
        """Ends a stream by a response with only these header fields."""
        self._send_end(stream, fields)

    def count_received(self, stream: Stream | None, length: int) -> None:
        """Counts received bytes of DATA. After every _CREDIT_BYTES bytes, gives them back to the server's window on the
        connection. Raises StreamFaultError if the client has exceeded the server's window on the stream."""
        self._uncredited += length
        if self._uncredited >= _CREDIT_BYTES:
            self._out.append(frames.window_update(0, self._uncredited))
            self._uncredited = 0
        if stream is not None:
            stream.uncredited += length
            if stream.uncredited > self.own_window:
                raise StreamFaultError(ErrorCode.FLOW_CONTROL_ERROR)

    def give_credit(self, stream: Stream) -> None:
        """Enlarges the server's window on the stream by the number of received bytes that no longer wait in the stream.
        Does nothing if these are fewer than _CREDIT_BYTES, or if the client has ended its side of the stream."""
        credit = stream.uncredited - stream.waiting_bytes()
        if credit >= _CREDIT_BYTES and not stream.half_closed:
            stream.uncredited -= credit
            self._out.append(frames.window_update(stream.id, credit))

    def widen(self, stream_id: int, increment: int) -> None:
        """Adds the increment of a WINDOW_UPDATE to the window of a stream, or of the connection if the id is 0."""
        if stream_id == 0:
            self._window += increment
            if increment == 0 or self._window > frames.MAX_WINDOW:
                raise ConnectionFaultError(_window_fault(increment), f"the connection's window grew by {increment}")
            self._resume()
        elif stream_id in self.streams:
            stream = self.streams[stream_id]
            stream.window += increment
            if increment == 0 or stream.window > frames.MAX_WINDOW:
                raise StreamFaultError(_window_fault(increment))
            self._flush(stream)
            self.advance(stream)

    def set_limits(self, stream_window: int | None, max_frame: int | None) -> None:
        """Applies the client's settings. A new `stream_window` also changes the windows of open streams."""
        if max_frame is not None:
            self._max_frame = max_frame
        if stream_window is not None:
            change = stream_window - self._stream_window
            self._stream_window = stream_window
            for stream in self.streams.values():
                stream.window += change
                if stream.window > frames.MAX_WINDOW:
                    raise ConnectionFaultError(ErrorCode.FLOW_CONTROL_ERROR, "a stream's window grew beyond 2^31 - 1")
            self._resume()

    def _resume(self) -> None:
        for stream in list(self.streams.values()):
            if stream.unsent:
                self._flush(stream)
                self.advance(stream)

    def reset(self, stream_id: int, code: ErrorCode) -> None:
        """Ends a stream by RST_STREAM. Frames that the client sent before it received RST_STREAM may still arrive."""
        self._out.append(frames.reset(stream_id, code))
        self.drop(stream_id)
        self._ended[stream_id] = True

    def ended_by_reset(self, stream_id: int) -> bool | None:
        """Returns whether the server has ended a stream by RST_STREAM; None for a stream that is open, was never open
        or ended long ago."""
        return self._ended.get(stream_id)

    def drop(self, stream_id: int) -> None:
        """Removes a stream, remembers that it has ended, and releases its sessions."""
        self._ended[stream_id] = self._ended.pop(stream_id, False)
        if len(self._ended) > _REMEMBERED:
            del self._ended[next(iter(self._ended))]
        self.waiting.pop(stream_id, None)
        stream = self.streams.pop(stream_id, None)
        if stream is not None and stream.end is not None:
            stream.end()


def own_window(max_message_bytes: int) -> int:
    """Returns the server's window on a stream: the number of bytes that the client may send. The window has room for a
    message of the maximum size. It also has room for bytes of earlier messages, because these bytes are given back to
    the window only when there are _CREDIT_BYTES of them. MAX_WINDOW limits the window."""
    return min(frames.MAX_WINDOW, max_message_bytes + _MESSAGE_HEAD_BYTES + 2 * _CREDIT_BYTES)


def _window_fault(increment: int) -> ErrorCode:
    return ErrorCode.FLOW_CONTROL_ERROR if increment else ErrorCode.PROTOCOL_ERROR
