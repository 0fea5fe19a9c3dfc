# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The open sessions: quotas, leases (the times after which unused sessions are closed), the reasons why sessions ended,
and the thread that closes sessions whose clients have disappeared."""

import logging
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from gymwire.server.errors import QuotaError, UnknownSessionError
from gymwire.server.failures import first_line
from gymwire.server.hosting import CLOSE_SECONDS, HostedSession
from gymwire.server.limits import Limits
from gymwire.server.open_session import OpenSession, ended_error
from gymwire.server.session_log import SessionLog, SessionOrigin

_LOG = logging.getLogger(__name__)

# The number of ended sessions that are remembered. A client that uses such a session gets the reason why it ended.
_REMEMBERED = 1000
_CLOSING_THREADS = 64
# When the server stops, a request that is being carried out gets at most this many seconds to end. The session's
# environments then get this many seconds to close. Code that runs in the server's own process cannot be stopped. It
# ends at the latest with the process, after _GRACE_SECONDS (in __main__).
_STOP_SECONDS = 0.5


class SessionTable:
    """The open sessions by id. Ids are unique and cannot be guessed. If `reaps` is true, threads close sessions whose
    leases ran out. If not, the code that uses this class must call `reap` a few times a second."""

    def __init__(self, limits: Limits, log: SessionLog, *, reaps: bool = True) -> None:
        self._limits = limits
        self._log = log
        self._lock = threading.Lock()
        self._sessions: dict[str, OpenSession] = {}
        self._reasons: dict[str, str] = {}  # by the id of the ended session, oldest first
        self._making: list[SessionOrigin] = []
        self._stopping = threading.Event()
        self._reaps = reaps
        self._reapers = threading.BoundedSemaphore(_CLOSING_THREADS)
        if reaps:
            threading.Thread(target=self._reap_often, name="session-reaper", daemon=True).start()

    def open(self, origin: SessionOrigin, create: Callable[[str], tuple[HostedSession, float]]) -> OpenSession:
        """Adds a session. `create` gets the new id, makes the session, and returns it with its lease in seconds. If the
        session would exceed a limit, QuotaError is raised and `create` is not called."""
        with self._lock:
            self._check_quotas(origin, [*(session.origin for session in self._sessions.values()), *self._making])
            self._making.append(origin)
        session = None
        try:
            session_id = secrets.token_hex(8)
            hosted, lease_seconds = create(session_id)
            session = OpenSession(session_id, hosted, origin, lease_seconds)
        finally:
            # Both changes are made while the lock is held, so that the quotas count the session exactly once.
            with self._lock:
                self._making.remove(origin)
                if session is not None:
                    self._sessions[session.id] = session
        return session

    def get(self, session_id: str) -> OpenSession:
        """Returns an open session. Raises UnknownSessionError if there is no open session with this id."""
        session = self._sessions.get(session_id)
        if session is None:
            # While `close` removes a session and then records the reason, it holds the lock. This method waits for the
            # lock, so it does not look for the reason too early.
            with self._lock:
                reason = self._reasons.get(session_id)
            if reason is not None:
                raise ended_error(session_id, reason)
            raise UnknownSessionError(
                f"no session {session_id!r} is open: this server never made it, or it ended long ago; "
                "open a new one with Make"
            )
        return session

    def is_open(self, session_id: str) -> bool:
        """Returns whether a session can be used."""
        return session_id in self._sessions

    def close(self, session_id: str, reason: str, seconds: float | None = None) -> None:
        """Closes a session, within `seconds` if possible (None: the time limit of a request). Does nothing if the
        session is not open."""
        with self._lock:
            session = self._sessions.pop(session_id, None)
            if session is not None:
                self._remember_end(session_id, reason)
        if session is not None:
            self._end(session, reason, self._limits.request_seconds if seconds is None else seconds)

    def close_all(self, *, side_by_side: bool) -> None:
        """Closes every open session, several at the same time if `side_by_side`, and ends the reaping thread."""
        self._stopping.set()
        reason = "the server was stopped"
        session_ids = list(self._sessions)
        if not side_by_side:
            for session_id in session_ids:
                self.close_quietly(session_id, reason, _STOP_SECONDS)
            return
        with ThreadPoolExecutor(_CLOSING_THREADS, thread_name_prefix="close") as closers:
            for session_id in session_ids:
                closers.submit(self.close_quietly, session_id, reason, _STOP_SECONDS)

    def close_quietly(self, session_id: str, reason: str, seconds: float = CLOSE_SECONDS) -> None:
        """Closes a session whose environments may be broken: their exceptions are logged, not raised."""
        try:
            self.close(session_id, reason, seconds)
        except Exception:
            _LOG.warning("the session %s failed to close", session_id, exc_info=True)

    def close_if_idle(self, session_id: str, reason: str) -> None:
        """Closes a session whose process has ended. Does nothing while a request is being carried out: this request or
        the next one fails, and the failure closes the session."""
        session = self._sessions.get(session_id)
        if session is not None and session.is_idle():
            self.close_quietly(session_id, reason)

    def reap(self) -> None:
        """Closes the sessions whose leases have run out."""
        now = time.monotonic()
        for session in list(self._sessions.values()):
            if session.expired(now):
                self._reap_one(session, now)

    def _check_quotas(self, asked: SessionOrigin, present: list[SessionOrigin]) -> None:
        limits = self._limits
        if len(present) >= limits.max_sessions:
            raise QuotaError(
                f"{len(present)} sessions are open, but the server allows at most {limits.max_sessions}; "
                "close one, or start the server with a higher --max-sessions"
            )
        if asked.num_envs > limits.max_envs_per_session:
            raise QuotaError(
                f"{asked.num_envs} environments were asked for, but the server allows {limits.max_envs_per_session} "
                "in one session; ask for fewer, or start the server with a higher --max-envs-per-session"
            )
        envs = sum(origin.num_envs for origin in present)
        if envs + asked.num_envs > limits.max_envs:
            raise QuotaError(
                f"{asked.num_envs} environments were asked for and {envs} are open, but the server allows "
                f"{limits.max_envs} in all; ask for fewer, or start the server with a higher --max-envs"
            )
        processes = sum(origin.processes for origin in present)
        if asked.processes and processes + asked.processes > limits.max_processes:
            raise QuotaError(
                f"{asked.processes} environments with a process each were asked for, and {processes} such processes "
                f"run, but the server allows {limits.max_processes}; ask for VECTORIZATION_SYNC or for fewer, "
                "or start the server with a higher --max-processes"
            )

    def _reap_often(self) -> None:
        while not self._stopping.wait(0.25):
            self.reap()

    def _reap_one(self, session: OpenSession, now: float) -> None:
        if not self._reapers.acquire(blocking=False):
            return  # The next call tries again.
        reason = f"its lease of {session.lease_seconds:g} s ran out"
        with self._lock:
            # A request or a stream may have come in the meantime.
            ends = session.expired(now) and self._sessions.pop(session.id, None) is not None
            if ends:
                self._remember_end(session.id, reason)
        if not ends:
            self._reapers.release()
            return
        if not self._reaps:
            self._end_lease(session, reason)
            return
        # Environments can take long to close, or hang. Therefore the ends of other leases do not wait for them.
        try:
            threading.Thread(target=self._end_lease, args=(session, reason), name="lease-end", daemon=True).start()
        except RuntimeError:
            # The system allows no further thread.
            self._end_lease(session, reason)

    def _end_lease(self, session: OpenSession, reason: str) -> None:
        try:
            self._end_quietly(session, reason, CLOSE_SECONDS)
        finally:
            self._reapers.release()

    def _end_quietly(self, session: OpenSession, reason: str, seconds: float) -> None:
        try:
            self._end(session, reason, seconds)
        except Exception:
            _LOG.warning("the session %s failed to close", session.id, exc_info=True)

    def _end(self, session: OpenSession, reason: str, seconds: float) -> None:
        try:
            session.close(reason, seconds)
        except Exception as error:
            reason = f"{reason}, and {first_line(str(error))}"
            with self._lock:
                self._remember_end(session.id, reason)
            raise
        finally:
            self._log.ended(session, reason)

    def _remember_end(self, session_id: str, reason: str) -> None:
        self._reasons[session_id] = reason
        if len(self._reasons) > _REMEMBERED:
            del self._reasons[next(iter(self._reasons))]
