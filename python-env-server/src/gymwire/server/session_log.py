# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Logs one line of JSON for each session that ended: client, environments, numbers of requests, and why it ended."""

import datetime
import json
import logging
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from gymwire.server.open_session import OpenSession

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class SessionOrigin:
    """The client that asked for a session, and the environments of this session."""

    peer: str
    """The client's address in gRPC's form, e.g. ``ipv4:127.0.0.1:40312``."""
    env_id: str
    num_envs: int
    in_processes: bool
    """Whether each environment has its own process."""
    began: float = field(default_factory=time.monotonic)
    """The time when the session began, on the monotonic clock, in seconds."""

    @property
    def processes(self) -> int:
        """The number of processes if each environment has its own process; otherwise 0."""
        return self.num_envs if self.in_processes else 0


class SessionLog:
    """The log of the ended sessions; without a file it writes nothing."""

    def __init__(self, file: TextIO | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()

    def ended(self, session: "OpenSession", reason: str) -> None:
        """Writes the line of a session. "steps" and "resets" are numbers of requests. One request can step or reset
        many environments."""
        if self._file is None:
            return
        origin = session.origin
        line = json.dumps(
            {
                "event": "session_ended",
                "time": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds"),
                "session": session.id,
                "peer": urllib.parse.unquote(origin.peer),
                "env_id": origin.env_id,
                "num_envs": origin.num_envs,
                "processes": origin.processes,
                "steps": session.steps,
                "resets": session.resets,
                "seconds": round(time.monotonic() - origin.began, 3),
                "reason": reason,
            }
        )
        try:
            with self._lock:
                self._file.write(line + "\n")
                self._file.flush()
        except OSError as error:
            # A full disk must not end other sessions.
            _LOG.warning("the session log cannot be written: %s; the line was %s", error, line)
