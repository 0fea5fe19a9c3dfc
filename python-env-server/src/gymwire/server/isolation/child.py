# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The program that runs in a session's process. It answers requests on the main thread until the session or the server
ends."""

from __future__ import annotations

import os
import re
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from gymwire.server.errors import LimitExceededError, WrongStateError
from gymwire.server.failures import describe_failure, ends_session, text_of
from gymwire.server.hosting import CLOSE_SECONDS, HostSettings
from gymwire.server.isolation.messages import HEAD, ID_BYTES, Kind, Status
from gymwire.server.limits import RESERVED_PER_RESIDENT
from gymwire.server.local import LocalHost
from gymwire.server.session import Session
from gymwire.v1 import environment_service_pb2 as pb

# What the text of an exception contains if memory could not be reserved: the name of a class of Python or numpy, or a
# message of MuJoCo, the system, torch or other C++ code. Errors about the memory of a GPU do not match.
_OUT_OF_MEMORY = re.compile(
    r"\b_?(Array)?MemoryError\b|Could not allocate memory|Cannot allocate memory|can't allocate memory|std::bad_alloc"
)


def serve_session(connection: Connection[Any, Any], settings: HostSettings) -> None:
    """Answers the requests that arrive, one after the other; returns after CLOSE or when the connection ends."""
    # A forked process has a copy of its parent's np.random. Without a new seed, all sessions would draw equal numbers.
    np.random.seed()
    child = _Child(settings)
    pid = os.getpid()
    while not child.closed:
        try:
            message = connection.recv_bytes()
        except (EOFError, OSError):
            return
        answer = child.answer(message)
        if os.getpid() != pid:
            # An environment has called os.fork, and this process is the copy.
            os._exit(0)
        connection.send_bytes(answer)


class _Child:
    """Answers the requests to this process, which has at most one session."""

    def __init__(self, settings: HostSettings) -> None:
        self._host = LocalHost(settings, one_thread=True)
        self._limits = settings.limits
        self._session: Session | None = None
        self.closed = False

    def answer(self, message: bytes) -> bytes:
        """Returns the answer to a request."""
        try:
            content = self._content(message[:1], message[1:])
            if len(content) > self._limits.max_message_bytes:
                is_session_request = message[:1] == Kind.ANSWER
                request = pb.InteractRequest.FromString(message[1:]) if is_session_request else pb.InteractRequest()
                self._limits.check_answer(request.WhichOneof("request") or "", len(content))
            status = Status.DONE
        except Exception as error:
            failure = self._out_of_memory(error) or error
            content = describe_failure(failure).SerializeToString()
            status = Status.FAILED_FOR_GOOD if ends_session(failure) else Status.FAILED
        session = self._session
        steps, resets = (0, 0) if session is None else (session.steps, session.resets)
        return HEAD.pack(status, steps, resets) + content

    def _out_of_memory(self, error: Exception) -> LimitExceededError | None:
        """Returns a LimitExceededError if the error ends the session and was caused by a lack of memory, otherwise
        None."""
        # If another exception caused the error, the error's text contains the class and the text of that exception.
        text = text_of(error)
        if not (ends_session(error) and _OUT_OF_MEMORY.search(text)):
            return None
        return LimitExceededError(
            f"{text}: a process of a session may reserve at most {RESERVED_PER_RESIDENT} times the "
            f"{self._limits.session_memory_mib} MiB of --session-memory, even if it does not use the memory; use fewer "
            "environments in a session, or start the server with a higher --session-memory"
        )

    def _content(self, kind: bytes, data: bytes) -> bytes:
        session = self._session
        if kind == Kind.ANSWER and session is not None:
            return session.answer_bytes(pb.InteractRequest.FromString(data), data)
        if kind == Kind.MAKE and session is None:
            session_id, request = data[:ID_BYTES].decode(), pb.MakeRequest.FromString(data[ID_BYTES:])
            self._session, made = self._host.make(session_id, request)
            return made.SerializeToString()
        if kind == Kind.LIST:
            return self._host.list_environments().SerializeToString()
        if kind == Kind.CLOSE:
            self.closed = True
            if session is not None:
                session.close(CLOSE_SECONDS)
            return b""
        raise WrongStateError(f"the session's process got the request {kind!r}, which does not fit its state")
