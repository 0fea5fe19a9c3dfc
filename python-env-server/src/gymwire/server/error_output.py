# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A replacement of standard error for this process and the processes that it starts. Writing to it never waits for the
reader of the real standard error."""

import contextlib
import os
import select
import selectors
import socket
import sys
import threading
import time

_READ_BYTES = 1 << 16
# The maximum number of bytes that wait for a slow reader. More data is dropped.
_MAX_WAITING_BYTES = 1 << 20
# A pipe that is ready to be written to takes this many bytes without waiting.
_WRITE_BYTES = getattr(select, "PIPE_BUF", 512)
_MAX_LAST_BYTES = 2000
_MAX_LAST_LINES = 3


class LastWords:
    """The last part of what one process and its child processes have written to standard error."""

    def __init__(self) -> None:
        self._bytes = b""
        self.complete = threading.Event()
        """Set once no more data can be added."""

    def add(self, data: bytes) -> None:
        """Appends data that was written."""
        self._bytes = (self._bytes + data)[-_MAX_LAST_BYTES:]

    def text(self) -> str:
        """Returns the last lines, joined to one line."""
        lines = [line.strip() for line in self._bytes.decode(errors="replace").splitlines() if line.strip()]
        return " / ".join(lines[-_MAX_LAST_LINES:])


class ErrorOutput:
    """Copies data from pipes to the real standard error, on its own thread. When the reader of standard error is slow,
    this class drops data and reports the number of dropped bytes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers: dict[int, LastWords] = {}
        self._new: list[int] = []
        self._waiting = bytearray()
        self._dropped = 0
        self._target = os.dup(2)
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_read.setblocking(False)
        self._deadline: float | None = None
        own_read, own_write = os.pipe()
        os.dup2(own_write, 2)
        os.close(own_write)
        self._add(own_read, LastWords())
        self._thread = threading.Thread(target=self._run, name="error-output", daemon=True)
        self._thread.start()

    def open_pipe(self) -> tuple[int, LastWords]:
        """Returns the write end of a new pipe, and an object that records the last data written to the pipe."""
        reader, writer = os.pipe()
        words = LastWords()
        self._add(reader, words)
        return writer, words

    def close(self, seconds: float) -> None:
        """Restores this process's own standard error, and waits until all data is written or the time is over."""
        sys.stderr.flush()
        os.dup2(self._target, 2)
        self._deadline = time.monotonic() + seconds
        self._wake()
        self._thread.join(seconds + 1)

    def _add(self, reader: int, words: LastWords) -> None:
        os.set_blocking(reader, False)
        with self._lock:
            self._readers[reader] = words
            self._new.append(reader)
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._wake_write.send(b"\0")

    def _run(self) -> None:
        with selectors.PollSelector() as selector:
            selector.register(self._wake_read, selectors.EVENT_READ)
            writing = False
            while True:
                with self._lock:
                    fresh, self._new = self._new, []
                for reader in fresh:
                    selector.register(reader, selectors.EVENT_READ)
                if writing != bool(self._waiting):
                    writing = not writing
                    if writing:
                        selector.register(self._target, selectors.EVENT_WRITE)
                    else:
                        selector.unregister(self._target)
                ready = selector.select(None if self._deadline is None else 0.05)
                if self._is_done(quiet=not ready):
                    return
                for key, _ in ready:
                    if key.fileobj is self._wake_read:
                        self._wake_read.recv(_READ_BYTES)
                    elif key.fd == self._target:
                        self._write()
                    elif not self._read(key.fd):
                        selector.unregister(key.fd)
                        os.close(key.fd)

    def _is_done(self, quiet: bool) -> bool:
        if self._deadline is None:
            return False
        return time.monotonic() > self._deadline or (quiet and not self._waiting)

    def _read(self, reader: int) -> bool:
        """Reads the data in a pipe; returns whether more data may come."""
        data = os.read(reader, _READ_BYTES)
        if not data:
            with self._lock:
                self._readers.pop(reader).complete.set()
            return False
        self._readers[reader].add(data)
        if len(self._waiting) + len(data) > _MAX_WAITING_BYTES:
            self._dropped += len(data)
        else:
            self._waiting += data
        return True

    def _write(self) -> None:
        try:
            written = os.write(self._target, self._waiting[:_WRITE_BYTES])
        except BlockingIOError:
            return
        except OSError:
            # In most cases, the reader has closed its end, so nobody can ever read the data.
            self._waiting.clear()
            return
        del self._waiting[:written]
        if self._dropped and not self._waiting:
            self._waiting += (
                f"gymwire.server: warning: {self._dropped} bytes of standard error were dropped, because "
                "nobody read it\n"
            ).encode()
            self._dropped = 0
