# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""An open session: its lease, its streams and its requests. This module runs in the server's front process, to which
clients connect."""

import threading
import time

from gymwire.server.errors import QuotaError, UnknownSessionError
from gymwire.server.hosting import HostedSession
from gymwire.server.session_log import SessionOrigin
from gymwire.v1 import environment_service_pb2 as pb

# The maximum number of requests that wait while another request of the session is carried out. Each waiting request
# takes a thread of the server, and other sessions need threads too.
_MAX_WAITING = 8
# When a session is closed, a request that is being carried out gets at most this many seconds to end. Then it is
# aborted, if possible.
_REQUEST_SECONDS = 2.0


class OpenSession:
    """Passes one request at a time to the environments. The lease runs only while no open stream uses the session."""

    def __init__(self, session_id: str, hosted: HostedSession, origin: SessionOrigin, lease_seconds: float) -> None:
        self.id = session_id
        self.origin = origin
        self.lease_seconds = lease_seconds
        self._hosted = hosted
        self._lock = threading.Lock()
        self._lease_lock = threading.Lock()  # guards _streams and _last_used
        self._streams = 0
        self._last_used = time.monotonic()
        self._waiting = threading.BoundedSemaphore(_MAX_WAITING)
        self._end_reason: str | None = None

    @property
    def steps(self) -> int:
        """The number of Step requests that reached the environments; see HostedSession."""
        return self._hosted.steps

    @property
    def resets(self) -> int:
        """The number of Reset requests that reached the environments; see HostedSession."""
        return self._hosted.resets

    def answer(self, request: pb.InteractRequest) -> pb.InteractResponse:
        """See HostedSession."""
        self._take_turn()
        try:
            self._check_open()
            return self._hosted.answer(request)
        finally:
            self._end_turn()

    def answer_bytes(self, request: pb.InteractRequest, data: bytes) -> bytes:
        """See HostedSession."""
        self._take_turn()
        try:
            self._check_open()
            return self._hosted.answer_bytes(request, data)
        finally:
            self._end_turn()

    def use(self) -> None:
        """Restarts the lease."""
        with self._lease_lock:
            self._last_used = time.monotonic()

    def hold(self) -> None:
        """Counts one more stream that uses the session. The lease does not run while there is such a stream."""
        with self._lease_lock:
            self._streams += 1

    def release(self) -> None:
        """Counts one stream fewer, and restarts the lease."""
        with self._lease_lock:
            self._streams -= 1
            self._last_used = time.monotonic()

    def expired(self, now: float) -> bool:
        """Returns whether the lease has run out at the monotonic time `now`, in seconds. The lease cannot run out
        during a request."""
        if self._lock.locked():
            return False
        with self._lease_lock:
            return self._streams == 0 and now - self._last_used > self.lease_seconds

    def is_idle(self) -> bool:
        """Returns whether neither a request nor `close` is under way."""
        return not self._lock.locked()

    def close(self, reason: str, seconds: float) -> None:
        """Closes the environments, within `seconds` if possible. If a request is being carried out, it gets a
        short time to end. Then it is aborted, if possible; if not, this method waits for its end. After the session was
        closed, another call does nothing."""
        if not self._lock.acquire(timeout=min(seconds, _REQUEST_SECONDS)):
            self._hosted.abort()
            self._lock.acquire()
        try:
            if self._end_reason is None:
                self._end_reason = reason
                self._hosted.close(seconds)
        finally:
            self._lock.release()

    def _take_turn(self) -> None:
        if self._lock.acquire(blocking=False):
            return
        if not self._waiting.acquire(blocking=False):
            raise QuotaError(
                f"{_MAX_WAITING} requests of the session {self.id!r} already wait until another request has ended; "
                "wait for the answers, or close the session"
            )
        try:
            self._lock.acquire()
        finally:
            self._waiting.release()

    def _end_turn(self) -> None:
        self.use()
        self._lock.release()

    def _check_open(self) -> None:
        if self._end_reason is not None:
            raise ended_error(self.id, self._end_reason)


def ended_error(session_id: str, reason: str) -> UnknownSessionError:
    """Returns the error for a client that uses a session which has ended."""
    return UnknownSessionError(f"the session {session_id!r} has ended: {reason}; open a new one with Make")
