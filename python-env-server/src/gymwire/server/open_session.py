# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""An open session as the front of the server sees it: its lease, its streams, and one request at a time."""

import threading
import time

from gymwire.server.errors import UnknownSessionError
from gymwire.server.hosting import HostedSession
from gymwire.server.session_log import SessionOrigin
from gymwire.v1 import environment_service_pb2 as pb

# A request that is still under way after this time is made to fail, so that a session can be closed.
_CLOSE_SECONDS = 5.0


class OpenSession:
    """Passes requests on to where the environments run. The lease runs while `streams` is 0."""

    def __init__(self, session_id: str, hosted: HostedSession, origin: SessionOrigin, lease_seconds: float) -> None:
        self.id = session_id
        self.origin = origin
        self.lease_seconds = lease_seconds
        self.streams = 0
        self._hosted = hosted
        self._last_used = time.monotonic()
        self._lock = threading.Lock()
        self._end_reason: str | None = None

    @property
    def steps(self) -> int:
        """Is the number of Step requests that were carried out."""
        return self._hosted.steps

    @property
    def resets(self) -> int:
        """Is the number of Reset requests that were carried out."""
        return self._hosted.resets

    def answer(self, request: pb.InteractRequest) -> pb.InteractResponse:
        """See HostedSession."""
        with self._lock:
            self._check_open()
            response = self._hosted.answer(request)
            self.use()
            return response

    def answer_bytes(self, request: pb.InteractRequest, data: bytes) -> bytes:
        """See HostedSession."""
        with self._lock:
            self._check_open()
            response = self._hosted.answer_bytes(request, data)
            self.use()
            return response

    def use(self) -> None:
        """Lets the lease count from now."""
        self._last_used = time.monotonic()

    def expired(self, now: float) -> bool:
        """Says whether the lease has run out at the monotonic time `now`, in seconds; not while a request runs."""
        return self.streams == 0 and now - self._last_used > self.lease_seconds and not self._lock.locked()

    def is_idle(self) -> bool:
        """Says whether no request is under way."""
        return not self._lock.locked()

    def close(self, reason: str) -> None:
        """Closes the environments once a request under way is answered; closing again does nothing."""
        if not self._lock.acquire(timeout=_CLOSE_SECONDS):
            self._hosted.abort()
            self._lock.acquire()
        try:
            if self._end_reason is None:
                self._end_reason = reason
                self._hosted.close()
        finally:
            self._lock.release()

    def _check_open(self) -> None:
        if self._end_reason is not None:
            raise ended_error(self.id, self._end_reason)


def ended_error(session_id: str, reason: str) -> UnknownSessionError:
    """Returns what to say to a client that uses a session which has ended."""
    return UnknownSessionError(f"the session {session_id!r} has ended: {reason}; open a new one with Make")
