# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The open sessions: quotas, leases, and the thread that reaps what a vanished client left behind."""

import contextlib
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator

from gymwire.server.errors import QuotaError, UnknownSessionError
from gymwire.server.session import Session

_LOG = logging.getLogger(__name__)


class SessionTable:
    """Holds the open sessions by id. Ids are never given twice, nor can they be guessed."""

    def __init__(self, max_sessions: int, max_envs: int) -> None:
        self._max_sessions = max_sessions
        self._max_envs = max_envs
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._reserved_sessions = 0
        self._reserved_envs = 0
        self._stopping = threading.Event()
        self._reaper = threading.Thread(target=self._reap, name="session-reaper", daemon=True)
        self._reaper.start()

    def open(self, num_envs: int, create: Callable[[str], Session]) -> Session:
        """Adds the session that `create` returns for a new id; QuotaError before anything is created."""
        with self._reserve(num_envs):
            session = create(secrets.token_hex(8))
            with self._lock:
                self._sessions[session.id] = session
        return session

    def get(self, session_id: str) -> Session:
        """Returns an open session."""
        session = self._sessions.get(session_id)
        if session is None:
            raise UnknownSessionError(
                f"no session {session_id!r} is open: it was never made here, was closed, or its lease ran out; "
                "open a new one with Make"
            )
        return session

    def is_open(self, session_id: str) -> bool:
        """Says whether a session can be used."""
        return session_id in self._sessions

    def close(self, session_id: str) -> None:
        """Closes a session; one that is not open is left alone."""
        with self._lock:
            session = self._sessions.pop(session_id, None)
        if session is not None:
            session.close()

    def close_all(self) -> None:
        """Closes every session and ends the reaper."""
        self._stopping.set()
        for session_id in list(self._sessions):
            self.close_quietly(session_id)

    def close_quietly(self, session_id: str) -> None:
        """Closes a session whose environments may be broken: what they raise goes to the log."""
        try:
            self.close(session_id)
        except Exception:
            _LOG.warning("the session %s failed to close", session_id, exc_info=True)

    def hold(self, session: Session) -> None:
        """Keeps a session's lease from running while a stream is open."""
        with self._lock:
            session.streams += 1

    def release(self, session: Session) -> None:
        """Ends one `hold`; the lease counts from now."""
        with self._lock:
            session.streams -= 1
            session.last_used = time.monotonic()

    @contextlib.contextmanager
    def _reserve(self, num_envs: int) -> Iterator[None]:
        with self._lock:
            sessions = len(self._sessions) + self._reserved_sessions
            envs = sum(session.worker.num_envs for session in self._sessions.values()) + self._reserved_envs
            if sessions >= self._max_sessions:
                raise QuotaError(
                    f"{sessions} sessions are open and the server allows {self._max_sessions}; "
                    "close one, or start the server with a higher --max-sessions"
                )
            if envs + num_envs > self._max_envs:
                raise QuotaError(
                    f"{num_envs} environments were asked for and {envs} are open, but the server allows "
                    f"{self._max_envs} in all; ask for fewer, or start the server with a higher --max-envs"
                )
            self._reserved_sessions += 1
            self._reserved_envs += num_envs
        try:
            yield
        finally:
            with self._lock:
                self._reserved_sessions -= 1
                self._reserved_envs -= num_envs

    def _reap(self) -> None:
        while not self._stopping.wait(0.25):
            now = time.monotonic()
            for session in list(self._sessions.values()):
                # A session whose lock is taken is in use.
                if session.expired(now) and session.lock.acquire(blocking=False):
                    try:
                        self._reap_locked(session, now)
                    finally:
                        session.lock.release()

    def _reap_locked(self, session: Session, now: float) -> None:
        with self._lock:
            if not session.expired(now) or self._sessions.pop(session.id, None) is None:
                return
        _LOG.info("the lease of session %s (%g s) ran out", session.id, session.lease_seconds)
        try:
            session.close_locked()
        except Exception:
            _LOG.warning("the session %s failed to close", session.id, exc_info=True)
