# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Translates the server's errors into the exceptions that a local environment raises."""

import builtins
import multiprocessing
from typing import Any

import gymnasium.error
from grpc import StatusCode

from gymwire.client.wording import in_python
from gymwire.v1 import environment_service_pb2 as pb


class RemoteError(gymnasium.error.Error):
    """The server's description of a failure. It is raised if no other exception fits. Otherwise it is the ``__cause__``
    of the other exception."""

    def __init__(self, detail: "pb.ErrorDetail | RemoteError") -> None:
        if isinstance(detail, RemoteError):
            # AsyncVectorEnv takes the error of a child process, and makes another error of the same class from it.
            super().__init__(*detail.args)
            self.__dict__.update(detail.__dict__)
            return
        # The message of an environment's own exception (with the code UNKNOWN, or with a traceback) stays as it is.
        unknown = _status_code(detail.code) is StatusCode.UNKNOWN
        raised = detail.exception_class and (unknown or detail.traceback)
        message = detail.message if raised else in_python(detail.message)
        super().__init__(message)
        self.code = detail.code
        self.message = message
        self.exception_class = detail.exception_class
        self.traceback = detail.traceback
        self.env_index = detail.env_index if detail.HasField("env_index") else None
        self.session_alive = detail.session_alive
        self.is_method = detail.is_method

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles and copies the error without its constructor, which takes a message of the contract."""
        return _without_constructor, (type(self), *self.args), self.__dict__

    def __str__(self) -> str:
        text = f"{_code_name(self.code)}: {self.message}"
        return f"{text}\n\nIn the server:\n{self.traceback}" if self.traceback else text


class InvalidActionError(gymnasium.error.InvalidAction, ValueError):
    """The action does not lie in the action space, or it cannot be sent. No environment was stepped."""


class NotAllowedError(PermissionError):
    """The server's operator does not allow clients to use attributes and methods of environments by name."""


class IsMethodError(NotImplementedError):
    """The attribute is a method. It can be called, but it cannot be read, because the protocol carries no code."""


class MisfitValueError(ValueError, AssertionError):
    """An argument has a wrong value. Gymnasium itself raises ValueError from 1.4 on, and AssertionError before 1.4."""


class MisfitTypeError(TypeError, AssertionError):
    """An argument has a wrong type. Gymnasium itself raises TypeError from 1.4 on, and AssertionError before 1.4."""


class RemoteTimeoutError(multiprocessing.TimeoutError, TimeoutError):
    """The answer did not come in time. After `reset_async` or `step_async` of a vector, the caller can wait for the
    answer again. After this error in a step of a RemoteEnv, `reset` waits for the answer and starts a new episode."""


def late(request: str, error: RemoteTimeoutError) -> RemoteTimeoutError:
    """Returns the error for an answer to `request` (e.g. "step") that did not come in time, with the remedy."""
    remedy = f"give a longer request_timeout if the server needs more time{who_waits_again(request)}"
    return RemoteTimeoutError(f"{request}: {error}; {remedy}")


def who_waits_again(request: str) -> str:
    """Returns the end of a message about a missing answer to `request`: which methods wait for this answer again."""
    if request in ("reset", "step"):
        return f"; {request}_wait of a vector, or reset of a single environment, waits for this answer again"
    return ""


# The exceptions for a kind of request and a status code. If a pair has no entry here, _BY_CODE names the exception. If
# the code has no entry there, the exception is a RemoteError.
_BY_REQUEST: dict[tuple[str, StatusCode], type[Exception]] = {
    ("make", StatusCode.NOT_FOUND): gymnasium.error.NameNotFound,
    ("make", StatusCode.FAILED_PRECONDITION): gymnasium.error.DependencyNotInstalled,
    ("step", StatusCode.INVALID_ARGUMENT): InvalidActionError,
    ("step", StatusCode.FAILED_PRECONDITION): gymnasium.error.ResetNeeded,
    ("render", StatusCode.FAILED_PRECONDITION): gymnasium.error.ResetNeeded,
    ("call", StatusCode.PERMISSION_DENIED): NotAllowedError,
}
_BY_CODE: dict[StatusCode, type[Exception]] = {
    StatusCode.INVALID_ARGUMENT: ValueError,
    StatusCode.NOT_FOUND: gymnasium.error.ClosedEnvironmentError,
    StatusCode.PERMISSION_DENIED: PermissionError,
    StatusCode.UNAUTHENTICATED: PermissionError,
    StatusCode.UNIMPLEMENTED: NotImplementedError,
}
# For these requests and codes, and for UNKNOWN in every request, `exception_class` names the exception that was the
# cause, if there was one. If the client knows this class, it raises an exception of this class.
_CARRY_THE_CLASS = {
    ("make", StatusCode.NOT_FOUND),
    ("make", StatusCode.FAILED_PRECONDITION),
    ("make", StatusCode.INVALID_ARGUMENT),
    ("call", StatusCode.INVALID_ARGUMENT),
}


def to_exception(detail: pb.ErrorDetail, request: str) -> Exception:
    """Returns the exception for the failure of a request, e.g. "step". It is a RemoteError, or has one as its cause."""
    remote = RemoteError(detail)
    code = _status_code(detail.code)
    kind = IsMethodError if detail.is_method else _BY_REQUEST.get((request, code)) or _BY_CODE.get(code)
    if code is StatusCode.UNKNOWN or (request, code) in _CARRY_THE_CLASS:
        kind = _known_class(detail.exception_class) or kind
    if kind is None:
        return remote
    try:
        error = kind(remote.message)
    except TypeError:  # the class has another constructor, as UnicodeDecodeError has
        return remote
    error.__cause__ = remote
    return error


def _without_constructor(kind: type[RemoteError], *args: Any) -> RemoteError:
    return kind.__new__(kind, *args)


def _known_class(name: str) -> type[Exception] | None:
    module, _, short_name = name.rpartition(".")
    namespace = {"": builtins, "builtins": builtins, "gymnasium.error": gymnasium.error}.get(module)
    kind = getattr(namespace, short_name, None)
    return kind if isinstance(kind, type) and issubclass(kind, Exception) else None


def _status_code(number: int) -> StatusCode:
    return next((code for code in StatusCode if code.value[0] == number), StatusCode.UNKNOWN)


def _code_name(number: int) -> str:
    return _status_code(number).name
