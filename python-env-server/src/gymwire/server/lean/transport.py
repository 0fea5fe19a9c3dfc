# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A non-blocking socket; what the peer cannot take yet is buffered."""

import socket
import threading

_RECEIVE_BYTES = 1 << 16


class Transport:
    """One thread reads and writes; others may only `send_now`."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        self._socket = connected
        self._sending = threading.Lock()
        self.fd = connected.fileno()
        self.unsent = bytearray()
        """What the peer does not take yet; `flush` sends it once the socket is writable."""

    def receive(self) -> bytes | None:
        """Returns what has come: no bytes when the peer has ended, None when nothing has come."""
        try:
            return self._socket.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            return None

    def send(self, data: bytes) -> None:
        """Sends what the peer takes now, and keeps the rest."""
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
        """Sends what was kept, as far as the peer takes it; returns how many bytes."""
        with self._sending:
            try:
                sent = self._socket.send(self.unsent)
            except BlockingIOError:
                return 0
            del self.unsent[:sent]
            return sent

    def send_now(self, data: bytes) -> None:
        """Sends a small frame from any thread if the peer takes it now."""
        if self._sending.acquire(blocking=False):
            try:
                if not self.unsent and self._socket.send(data) < len(data):
                    # Nothing could follow half a frame.
                    self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                # Full, or gone, which the thread that reads will see.
                return
            finally:
                self._sending.release()

    def end_sending(self) -> None:
        """Tells the peer that nothing follows."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            # It is gone.
            return

    def close(self) -> None:
        """Frees the socket."""
        with self._sending:
            self._socket.close()
