# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The interface that the service uses to run sessions. The module ``local`` runs sessions in this process. The package
``isolation`` runs each session in its own process."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from gymwire.server.limits import Limits
from gymwire.server.security import Rules
from gymwire.v1 import environment_service_pb2 as pb

# How long the environments of a session may take to close, in seconds. There are two exceptions. If a client closes the
# session, and the environments do not have processes of their own, they may take as long as a request
# (`Limits.request_seconds`). When the server stops, the time is shorter.
CLOSE_SECONDS = 5.0


@dataclass(frozen=True)
class HostSettings:
    """The settings of a `Host`. They can be sent to another process."""

    limits: Limits
    rules: Rules
    lease_seconds: float
    """The default lease of a session, in seconds."""
    directory: Path | None = None
    """The folder for the sessions' working directories; with None, sessions use the server's working directory."""


class HostedSession(ABC):
    """The environments of one session. The caller must make only one request at a time."""

    steps: int = 0
    """The number of Step requests that reached the environments. A request that failed there counts too, except if the
    session's process ended."""
    resets: int = 0
    """The number of Reset requests that reached the environments. It is counted in the same way."""

    @abstractmethod
    def answer(self, request: pb.InteractRequest) -> pb.InteractResponse:
        """Returns the response to a request of any kind except make and close. If the request fails, an exception is
        raised."""

    @abstractmethod
    def answer_bytes(self, request: pb.InteractRequest, data: bytes) -> bytes:
        """Does the same as `answer` with serialized messages: `data` is the serialized `request`, and the serialized
        response is returned."""

    @abstractmethod
    def close(self, seconds: float) -> None:
        """Closes the environments, within this many seconds if possible. Raises an error if they cannot be closed. The
        caller must call this method only once."""

    @abstractmethod
    def abort(self) -> None:
        """Aborts the request under way, if possible: this request then fails. Any thread may call this method."""


class Host(ABC):
    """Makes sessions, and lists the environments."""

    @abstractmethod
    def make(self, session_id: str, request: pb.MakeRequest) -> tuple[HostedSession, pb.MakeResponse]:
        """Makes the environments of a new session, and describes them."""

    @abstractmethod
    def list_environments(self) -> pb.ListEnvironmentsResponse:
        """Lists the environments that clients may make."""

    def begin_to_stop(self) -> None:  # noqa: B027 (most hosts have nothing to do)
        """Tells the host that the server is being stopped. Any thread may call this method."""

    @abstractmethod
    def close(self) -> None:
        """Frees the host's resources. The caller must close the sessions first."""
