# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Where sessions run: the interface that the service uses. ``local`` hosts them in this process, ``isolation`` gives
each a process of its own."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from gymwire.server.limits import Limits
from gymwire.server.security import Rules
from gymwire.v1 import environment_service_pb2 as pb

# The environments of a session may take so long to close.
CLOSE_SECONDS = 5.0


@dataclass(frozen=True)
class HostSettings:
    """What a host needs to know; it can travel to another process."""

    limits: Limits
    rules: Rules
    lease_seconds: float
    """The default lease of a session, in seconds."""
    directory: Path | None = None
    """Where the sessions' working directories are made; None leaves them in the server's."""


class HostedSession(ABC):
    """The environments of one session. It answers one request at a time; the caller makes sure of that."""

    steps: int = 0
    """Step requests that were carried out."""
    resets: int = 0
    """Reset requests that were carried out."""

    @abstractmethod
    def answer(self, request: pb.InteractRequest) -> pb.InteractResponse:
        """Returns the response to a request of any kind but make and close; a failure is raised."""

    @abstractmethod
    def answer_bytes(self, request: pb.InteractRequest, data: bytes) -> bytes:
        """Does the same; `data` is `request`, serialized. Returns the response, serialized."""

    @abstractmethod
    def close(self, seconds: float) -> None:
        """Closes the environments, which should take no longer than this; what they raise is raised. Called once."""

    @abstractmethod
    def abort(self) -> None:
        """Makes a request under way fail, where that is possible; from any thread."""


class Host(ABC):
    """Makes sessions, and knows which environments there are."""

    @abstractmethod
    def make(self, session_id: str, request: pb.MakeRequest) -> tuple[HostedSession, pb.MakeResponse]:
        """Makes the environments of a new session, and describes them."""

    @abstractmethod
    def list_environments(self) -> pb.ListEnvironmentsResponse:
        """Lists the environments that clients may make."""

    @abstractmethod
    def close(self) -> None:
        """Frees what the host holds, after its sessions are closed."""
