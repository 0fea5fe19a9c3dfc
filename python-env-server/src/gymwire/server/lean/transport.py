# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A non-blocking socket with a buffer for data that the socket does not accept yet."""

import socket
import threading

_RECEIVE_BYTES = 1 << 16


class Transport:
    """The socket of a connection. One thread reads and writes; other threads may call only `send_now`."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        self._socket = connected
        self._sending = threading.Lock()
        self.fd = connected.fileno()
        self.unsent = bytearray()
        """Data that the socket has not accepted yet; `flush` sends it when the socket is writable."""

    def receive(self) -> bytes | None:
        """Returns the data that has come: empty when the peer will send no more, None when nothing has come."""
        try:
            return self._socket.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            return None

    def send(self, data: bytes) -> None:
        """Sends as much as the socket accepts now, and keeps the rest. If earlier data is still kept, keeps all of
        `data`."""
        with self._sending:
            if self.unsent:
                self.unsent += data
                return
            try:
                sent = self._socket.send(data)
            except BlockingIOError:
                sent = 0
            if sent < len(data):
                self.unsent += memoryview(data)[sent:]

    def flush(self) -> int:
        """Sends as much of the kept data as the socket accepts; returns the number of sent bytes."""
        with self._sending:
            try:
                sent = self._socket.send(self.unsent)
            except BlockingIOError:
                return 0
            del self.unsent[:sent]
            return sent

    def send_now(self, data: bytes) -> None:
        """Sends a small frame if no other data is being sent or kept, and the socket accepts the frame now. Any
        thread may call this method."""
        if self._sending.acquire(blocking=False):
            try:
                if not self.unsent and self._socket.send(data) < len(data):
                    # After an incomplete frame no other frame can be sent.
                    self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                # The socket is full or closed, this side has ended its sending, or the peer has disconnected. The
                # reading thread will notice a disconnected peer.
                return
            finally:
                self._sending.release()

    def end_sending(self) -> None:
        """Ends this side of the connection: nothing more is sent."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            # The peer has disconnected.
            return

    def close(self) -> None:
        """Frees the socket."""
        with self._sending:
            self._socket.close()
