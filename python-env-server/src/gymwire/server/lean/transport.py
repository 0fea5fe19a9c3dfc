# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A connection's socket: what came and is not yet read, and sending that does not wait for a peer that waits for us."""

import contextlib
import selectors
import socket
import threading

_RECEIVE_BYTES = 1 << 16
_LINGER_SECONDS = 0.2
# Not on Windows, where a send then simply waits.
_DONT_WAIT = getattr(socket, "MSG_DONTWAIT", 0)


class Transport:
    """One thread reads and writes; others may only `send_now` and `shutdown`."""

    def __init__(self, connected: socket.socket, max_unread: int) -> None:
        self._socket = connected
        self._max_unread = max_unread
        self._sending = threading.Lock()
        self.unread = bytearray()
        """Bytes that came while others were sent, or that are no whole frame yet."""

    def receive(self) -> bytes:
        """Waits for the next bytes; returns none when the peer has ended."""
        return self._socket.recv(_RECEIVE_BYTES)

    def send(self, data: bytes) -> None:
        """Sends all of it. While the peer takes nothing, what it sends is put to `unread`: it may be as stuck as we."""
        with self._sending:
            try:
                sent = self._socket.send(data, _DONT_WAIT)
            except BlockingIOError:
                sent = 0
            if sent < len(data):
                self._send_rest(memoryview(data)[sent:])

    def send_now(self, data: bytes) -> None:
        """Sends a small frame from any thread if that is possible without waiting."""
        if self._sending.acquire(blocking=False):
            try:
                sent = self._socket.send(data, _DONT_WAIT)
                if sent < len(data):
                    # Nothing could follow half a frame.
                    self.shutdown(socket.SHUT_RDWR)
            except OSError:
                # Full, or gone, which the thread of the connection will see.
                return
            finally:
                self._sending.release()

    def shutdown(self, how: int) -> None:
        """Ends one direction or both; a thread that waits for the socket wakes."""
        try:
            self._socket.shutdown(how)
        except OSError:
            return

    def linger(self) -> None:
        """Ends our direction and reads the rest of the peer's for a moment: what is left unread when the socket closes
        would make the system throw away what was sent last."""
        self.shutdown(socket.SHUT_WR)
        self._socket.settimeout(_LINGER_SECONDS)
        left = self._max_unread
        try:
            while left > 0 and (data := self._socket.recv(_RECEIVE_BYTES)):
                left -= len(data)
        except OSError:
            return

    def close(self) -> None:
        """Frees the socket."""
        with self._sending:
            self._socket.close()

    def _send_rest(self, rest: memoryview) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ | selectors.EVENT_WRITE)
            while rest:
                if len(self.unread) > self._max_unread:
                    selector.modify(self._socket, selectors.EVENT_WRITE)
                for _, ready in selector.select():
                    if ready & selectors.EVENT_READ:
                        data = self._socket.recv(_RECEIVE_BYTES)
                        self.unread += data
                        if not data:
                            # It may still take the answer.
                            selector.modify(self._socket, selectors.EVENT_WRITE)
                    if ready & selectors.EVENT_WRITE:
                        with contextlib.suppress(BlockingIOError):
                            rest = rest[self._socket.send(rest, _DONT_WAIT) :]
