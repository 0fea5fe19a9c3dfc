# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Classes of the front process (the process to which clients connect). `SessionProcess` represents the process of one
session. `Launcher` is the interface of the classes that start the sessions' processes."""

from __future__ import annotations

import signal
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from gymwire.server.error_output import LastWords
from gymwire.server.errors import ProcessEndedError, QuotaError, ServerEndsError, ServerError

# How many seconds `ending` waits for the report that the process has ended.
_ENDING_SECONDS = 1.0
# How long to read the standard error of a process that has ended, in seconds. The reading needs a limit, because child
# processes of the process can keep this pipe open.
_WORDS_SECONDS = 0.5
# If all processes of the server get SIGTERM, a session's process can end first. This is how long to wait, in seconds,
# until this process (the front process) gets its own SIGTERM or the fork server ends.
NOTICE_SECONDS = 2.0


class SessionProcess:
    """A process that a `Launcher` starts, and how the process ended."""

    def __init__(
        self,
        connection: Connection[Any, Any],
        last_words: LastWords,
        kill: Callable[[], None],
        server_ends: threading.Event,
    ) -> None:
        """Represents a process. `server_ends` is set when the server is being stopped, or the fork server has ended."""
        self.connection = connection
        self.pid = 0
        """The process id; 0 until the process has started."""
        self.busy_since: float | None = None
        """The time when the current request was sent, on the monotonic clock in seconds; None between requests."""
        self.on_end: Callable[[], None] | None = None
        """Called once, on any thread, when the process has ended. A function that is set later is not called."""
        self._last_words = last_words
        self._kill = kill
        self._server_ends = server_ends
        self._started = threading.Event()
        self._ended = threading.Event()
        self._exit_code: int | None = None
        self._verdict: ServerError | None = None

    def await_start(self, seconds: float) -> bool:
        """Waits until the process has started or has failed to start, at most `seconds`; returns whether it has
        started."""
        self._started.wait(seconds)
        return self.pid != 0

    def has_started(self, pid: int) -> None:
        """Records that the process has started."""
        self.pid = pid
        self._started.set()

    def has_failed(self, reason: str) -> None:
        """Records that no process could be started. The caller must then call `has_ended`."""
        self._verdict = QuotaError(
            f"no process for the session could be started ({reason}); close a session, or raise the limit of processes "
            "or memory on the server's machine"
        )

    def has_ended(self, exit_code: int | None) -> None:
        """Records that the process has ended. The exit code is negative for a signal, and None when it is not known."""
        self._exit_code = exit_code
        self._started.set()
        self._ended.set()
        if self.on_end is not None:
            self.on_end()

    def await_end(self, seconds: float) -> bool:
        """Waits until the process has ended, at most `seconds`; returns whether it has ended."""
        return self._ended.wait(seconds)

    def kill(self, verdict: ServerError | None = None) -> None:
        """Ends the process. If a `ForkServer` has started it, its child processes end too. `verdict` is the
        error that the session's client receives, unless there was an earlier verdict."""
        self._verdict = self._verdict or verdict
        self._kill()

    def ending(self) -> ServerError:
        """Returns the error that the client gets if the process did not start, closed its connection, or sent an answer
        that cannot be read. Kills the process if it still runs."""
        by_itself = self._ended.wait(_ENDING_SECONDS)
        patience = NOTICE_SECONDS if self._exit_code == -signal.SIGTERM else 0
        server_ends = self._verdict is None and self._server_ends.wait(patience)
        if not by_itself:
            self.kill(_error("did not start in time, sent a wrong answer, or closed its connection without exiting"))
        if server_ends:
            return ServerEndsError(
                "the session's process ended, because the server is being stopped or its fork server has ended"
            )
        if self._verdict is not None:
            return self._verdict
        self._last_words.complete.wait(_WORDS_SECONDS)
        words = self._last_words.text()
        return _error(
            describe_exit(self._exit_code), f'; its last lines on standard error were "{words}"' if words else ""
        )


class Launcher(ABC):
    """Starts the processes of sessions."""

    @abstractmethod
    def start(self) -> SessionProcess:
        """Starts a process that runs ``serve_session`` (in the module child.py)."""

    @abstractmethod
    def begin_to_stop(self) -> None:
        """Records that the server is being stopped. Does not wait. Any thread may call this method."""

    @abstractmethod
    def close(self) -> None:
        """Ends every process that was started."""


def _error(how: str, more: str = "") -> ProcessEndedError:
    return ProcessEndedError(f"the session's process {how}, which ended the session{more}")


def describe_exit(code: int | None) -> str:
    """Returns how a process with this exit code ended."""
    if code is None:
        return "ended"
    if code >= 0:
        return f"exited with code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
