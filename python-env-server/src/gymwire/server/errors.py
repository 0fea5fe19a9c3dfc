# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with a request. Each class has its gRPC code, and whether it ends the session."""

from typing import ClassVar

from gymwire.status import Code
from gymwire.v1 import environment_service_pb2 as pb


class ServerError(Exception):
    """A failure that its message explains to the client."""

    code: ClassVar[Code] = Code.INTERNAL
    ends_session: ClassVar[bool] = False


class InvalidRequestError(ServerError, ValueError):
    """The request is malformed or a value in it is not allowed, whatever the state of the session."""

    code = Code.INVALID_ARGUMENT

    def __init__(self, message: str, env_index: int | None = None) -> None:
        super().__init__(message)
        self.env_index = env_index


class WrongStateError(ServerError):
    """The request is well formed, but not possible in the session's present state."""

    code = Code.FAILED_PRECONDITION


class AddressInUseError(Exception):
    """The server cannot listen where it was told to."""


class UnknownSessionError(ServerError, LookupError):
    """No such session is open."""

    code = Code.NOT_FOUND


class UnknownEnvironmentError(ServerError, LookupError):
    """No such environment is registered."""

    code = Code.NOT_FOUND


class MissingDependencyError(ServerError):
    """The environment needs a package that is not installed."""

    code = Code.FAILED_PRECONDITION


class RefusedError(ServerError):
    """The operator's rules forbid it."""

    code = Code.PERMISSION_DENIED


class SnapshotUnsupportedError(ServerError):
    """An environment's state cannot be taken down exactly; the message says what prevents it."""

    code = Code.UNIMPLEMENTED


class QuotaError(ServerError):
    """A limit of the server is reached."""

    code = Code.RESOURCE_EXHAUSTED


class EnvironmentRaisedError(ServerError):
    """An environment raised. The exception is the ``__cause__``; when that was raised in another process, its class
    and traceback are in the fields here."""

    code = Code.UNKNOWN

    def __init__(self, message: str, env_index: int | None = None) -> None:
        super().__init__(message)
        self.env_index = env_index
        self.exception_class = ""
        self.traceback = ""


class EnvironmentFailedError(EnvironmentRaisedError):
    """It raised where it must not: the session cannot be used on."""

    ends_session = True


class CallFailedError(EnvironmentRaisedError):
    """It raised while it was drawn or called by name: the session can be used on."""


class UnsupportedResultError(ServerError):
    """What a call gave has no form on the wire; the session can be used on."""

    code = Code.UNIMPLEMENTED


class ProcessEndedError(ServerError):
    """The session's process has ended on its own, or by a signal that was not the server's."""

    code = Code.UNKNOWN
    ends_session = True


class LimitExceededError(ServerError):
    """The server has ended the session's process, which took more memory or time than the operator allows."""

    code = Code.RESOURCE_EXHAUSTED
    ends_session = True


class ReportedError(Exception):
    """Another process of the server has failed, and described it."""

    def __init__(self, detail: pb.ErrorDetail, *, ends_session: bool) -> None:
        super().__init__(detail.message)
        self.detail = detail
        self.ends_session = ends_session
