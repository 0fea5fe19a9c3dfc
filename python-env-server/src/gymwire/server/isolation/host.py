# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The part of isolated sessions that runs in the front process (the process to which clients connect). It passes each
request to the session's process, and passes the answer to the client."""

import functools
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

from google.protobuf.message import DecodeError

from gymwire.server.errors import LimitExceededError, ProcessEndedError, ReportedError, ServerEndsError
from gymwire.server.failures import checked_open_files
from gymwire.server.hosting import Host, HostedSession, HostSettings
from gymwire.server.isolation.messages import HEAD, ID_BYTES, Kind, Status
from gymwire.server.isolation.process import NOTICE_SECONDS, Launcher, SessionProcess
from gymwire.server.isolation.watch import Watch
from gymwire.v1 import environment_service_pb2 as pb

# If a response is larger than the limit of a message, the session's process sends an error instead. The limit does
# not include the head of an answer. An answer that exceeds the limit by more than this number of bytes is damaged.
_MORE_BYTES = 1 << 16


class IsolatedHost(Host):
    """Makes each session in its own process. If a process has ended while its session was open, `on_end` is called with
    the session's id and the reason."""

    def __init__(self, settings: HostSettings, launcher: Launcher, on_end: Callable[[str, str], None]) -> None:
        self._launcher = launcher
        self._on_end = on_end
        self._watch = Watch(settings.limits)
        self._max_message_bytes = settings.limits.max_message_bytes
        self._listing = threading.Lock()
        self._stopping = threading.Event()

    def make(self, session_id: str, request: pb.MakeRequest) -> tuple[HostedSession, pb.MakeResponse]:
        """See Host."""
        assert len(session_id) == ID_BYTES
        session = self._start()
        message = Kind.MAKE + session_id.encode() + request.SerializeToString()
        try:
            made = session.ask(message, pb.MakeResponse.FromString)
            session.process.on_end = functools.partial(self._report_end, session_id, session)
            if session.process.await_end(0):
                raise session.process.ending()
        except Exception:
            session.discard()
            raise
        return session, made

    def list_environments(self) -> pb.ListEnvironmentsResponse:
        """See Host. The list says which environments can be made. To find this out, a separate process imports their
        code."""
        with self._listing:
            return self._listed

    def begin_to_stop(self) -> None:
        """See Host."""
        self._stopping.set()
        self._launcher.begin_to_stop()

    def close(self) -> None:
        """See Host."""
        self._watch.stop()
        self._launcher.close()

    @functools.cached_property
    def _listed(self) -> pb.ListEnvironmentsResponse:
        session = self._start()
        try:
            return session.ask(Kind.LIST, pb.ListEnvironmentsResponse.FromString)
        finally:
            session.discard()

    def _start(self) -> "_IsolatedSession":
        with checked_open_files():
            process = self._launcher.start()
        self._watch.add(process)
        return _IsolatedSession(process, self._watch, self._max_message_bytes)

    def _report_end(self, session_id: str, session: "_IsolatedSession") -> None:
        def report() -> None:
            error = session.process.ending()
            # While the server stops, the session stays open: the next request on it gets this error, which says that
            # the server is lost.
            if not (isinstance(error, ServerEndsError) and self._stopping.wait(NOTICE_SECONDS)):
                self._on_end(session_id, str(error))

        if not session.is_closing:
            # The report runs on a new thread, because ending() waits. The calling thread can have other work, such as
            # reading the messages of the fork server.
            threading.Thread(target=report, name="session-end", daemon=True).start()


class _IsolatedSession(HostedSession):
    """A session in its own process."""

    def __init__(self, process: SessionProcess, watch: Watch, max_message_bytes: int) -> None:
        self.process = process
        self._max_answer_bytes = max_message_bytes + _MORE_BYTES
        self.is_closing = False
        self._is_broken = False
        self._watch = watch

    def answer(self, request: pb.InteractRequest) -> pb.InteractResponse:
        """See HostedSession."""
        return self.ask(Kind.ANSWER + request.SerializeToString(), pb.InteractResponse.FromString)

    def answer_bytes(self, request: pb.InteractRequest, data: bytes) -> bytes:
        """See HostedSession."""
        return self.ask(Kind.ANSWER + data, bytes)

    def close(self, seconds: float) -> None:
        """See HostedSession. A process that takes longer than `seconds` is killed."""
        self.is_closing = True
        verdict = LimitExceededError(
            f"the environments did not close within {seconds:g} s, so they were ended; if a client's Close needs more "
            "time, start the server with a higher --request-seconds"
        )
        timer = threading.Timer(seconds, self.process.kill, [verdict])
        timer.start()
        try:
            # A process that has ended, or that has sent an answer that cannot be read, is not asked to close.
            if not (self._is_broken or self.process.await_end(0)):
                self.ask(Kind.CLOSE, bytes)
        finally:
            timer.cancel()
            self.discard()

    def abort(self) -> None:
        """See HostedSession."""
        self.process.kill(ProcessEndedError("the session was closed while the request was under way"))

    def discard(self) -> None:
        """Ends the process."""
        self.is_closing = True
        self._watch.remove(self.process)
        self.process.kill()
        self.process.connection.close()

    def ask(self, message: bytes, parse: Callable[[bytes], Any]) -> Any:
        """Returns the parsed answer of the process; raises the errors that the process reports."""
        process = self.process
        process.busy_since = time.monotonic()
        try:
            process.connection.send_bytes(message)
            answer = process.connection.recv_bytes(self._max_answer_bytes)
            status, self.steps, self.resets = HEAD.unpack_from(answer)
            content = answer[HEAD.size :]
            if status == Status.DONE:
                return parse(content)
            detail = pb.ErrorDetail.FromString(content)
        except (EOFError, OSError, ValueError, struct.error, DecodeError) as error:
            # The process has ended, or an environment has written to the connection's file descriptor or closed it.
            self._is_broken = True
            raise process.ending() from error
        finally:
            process.busy_since = None
        raise ReportedError(detail, ends_session=status == Status.FAILED_FOR_GOOD)
