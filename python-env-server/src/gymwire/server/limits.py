# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Limits on what clients may use."""

from dataclasses import dataclass

from gymwire.server.errors import LimitExceededError, QuotaError

# After these requests, the environments have changed. If the client cannot get the response, the session cannot go on.
_CHANGING = frozenset({"reset", "step", "restore"})

# A process of a session may reserve this many times the limit of the session's resident memory. The factor is high,
# because simulators reserve much memory that they never use: a Humanoid reserves about 35 MiB, of which 1.2 MiB are
# resident. With the default limits, a session can have 1,024 of them. The factor still refuses single reservations of
# absurd sizes, which an environment's arguments can ask for.
RESERVED_PER_RESIDENT = 16


@dataclass(frozen=True)
class Limits:
    """The quotas of a server. Each quota has an option of the same name, except `session_memory_mib`, which has the
    option `--session-memory`."""

    max_sessions: int = 64
    """Sessions open at the same time."""
    max_envs: int = 4096
    """Environments open at the same time, over all sessions."""
    max_envs_per_session: int = 1024
    """Environments of one session."""
    max_processes: int = 64
    """Environments with their own process, over all sessions."""
    max_streams: int = 64
    """Interact streams open at the same time; without --lean, each takes a thread."""
    max_message_mib: int = 64
    """Size of one message, in either direction, in MiB."""
    max_frames: int = 100_000
    """Pictures that one session may render, over all its environments."""
    max_held_frames: int = 1000
    """Pictures that one session may collect before its client reads them; a picture of CartPole has 0.7 MB."""
    session_memory_mib: int = 4096
    """Resident memory of a session's process and all its descendants, in MiB."""
    request_seconds: float = 600.0
    """Time that one request may take in a session's process, in seconds."""

    @property
    def max_message_bytes(self) -> int:
        """The maximum size of one message, in bytes."""
        return self.max_message_mib << 20

    def check_answer(self, kind: str, size: int) -> None:
        """Raises an error if an answer of `size` bytes is too large for a message. If the request has changed the
        environments, the error is a LimitExceededError, which ends the session. Otherwise it is a QuotaError. `kind` is
        the field of InteractRequest with the request, or an empty string for other requests."""
        if size <= self.max_message_bytes:
            return
        text = f"the answer has {size} bytes, but a message may have at most {self.max_message_bytes} bytes"
        if kind in _CHANGING:
            raise LimitExceededError(
                f"{text}. The session ends, because its environments have already changed; use fewer environments or "
                "smaller infos, or start the server with a higher --max-message-mib"
            )
        raise QuotaError(f"{text}; ask for less at a time, or start the server with a higher --max-message-mib")
