# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The server's errors. Each subclass of ServerError has a gRPC code, and says whether the error ends the session."""

from typing import ClassVar

from gymwire.status import Code
from gymwire.v1 import environment_service_pb2 as pb


class ServerError(Exception):
    """A failure, with a message that explains it to the client."""

    code: ClassVar[Code] = Code.INTERNAL
    ends_session: ClassVar[bool] = False


class InvalidRequestError(ServerError, ValueError):
    """The request is malformed, or contains a value that is not allowed in any state of the session. This error is also
    raised if the server cannot start, e.g. because of a wrong option."""

    code = Code.INVALID_ARGUMENT

    def __init__(self, message: str, env_index: int | None = None) -> None:
        super().__init__(message)
        self.env_index = env_index


class WrongStateError(ServerError):
    """The request is well formed, but not possible in the session's current state. This error is also raised if a
    snapshot does not fit the session or the server."""

    code = Code.FAILED_PRECONDITION


class AddressInUseError(Exception):
    """The server cannot listen at the given address."""


class UnknownSessionError(ServerError, LookupError):
    """No such session is open."""

    code = Code.NOT_FOUND


class UnknownEnvironmentError(ServerError, LookupError):
    """No such environment is registered."""

    code = Code.NOT_FOUND


class MissingDependencyError(ServerError):
    """An environment or a wrapper needs code that cannot be imported, usually because a package is not installed. This
    error is also raised if MuJoCo finds no OpenGL."""

    code = Code.FAILED_PRECONDITION


class RefusedError(ServerError):
    """The operator's rules forbid the request. This error is also raised if other machines could reach a server that
    has neither a token nor TLS."""

    code = Code.PERMISSION_DENIED


class SnapshotUnsupportedError(ServerError):
    """An environment's state cannot be saved exactly; the message gives the reason."""

    code = Code.UNIMPLEMENTED


class QuotaError(ServerError):
    """A limit of the server or of its machine is reached."""

    code = Code.RESOURCE_EXHAUSTED


class EnvironmentRaisedError(ServerError):
    """An environment raised an exception, which is the ``__cause__``. If another process raised the exception, there is
    no ``__cause__``: the exception's class and traceback are then in the fields of this error. Only the subclass
    EnvironmentFailedError can also have a reason that is not an exception. Then there may be no ``__cause__``, and
    ``exception_class`` and ``traceback`` may be empty."""

    code = Code.UNKNOWN

    def __init__(self, message: str, env_index: int | None = None) -> None:
        super().__init__(message)
        self.env_index = env_index
        self.exception_class = ""
        self.traceback = ""


class EnvironmentFailedError(EnvironmentRaisedError):
    """An environment raised an exception when it was made, reset, stepped, restored or closed. This error is also
    raised if an environment returned a result that cannot be used, or if its own process ended. The session ends."""

    ends_session = True


class RefusedArgumentsError(EnvironmentRaisedError):
    """The constructor of an environment raised a TypeError or ValueError, probably because of the arguments that the
    client gave."""

    code = Code.INVALID_ARGUMENT


class CallFailedError(EnvironmentRaisedError):
    """An environment raised an exception in a request that does not make, reset, step, restore or close it, e.g.
    Render, Call or Snapshot. The session stays open."""


class UnsupportedResultError(ServerError):
    """The result of a Render or Call request cannot be sent; the session stays open."""

    code = Code.UNIMPLEMENTED


class MethodReadError(UnsupportedResultError):
    """A Call request tried to read an attribute that is a method. A method can only be called."""


class ProcessEndedError(ServerError):
    """The session's process has ended, or the server has ended it. The server ends a process e.g. if the process sends
    an answer that cannot be read, or if the session is closed during a request."""

    code = Code.UNKNOWN
    ends_session = True


class ServerEndsError(ServerError):
    """The session's process has ended because the whole server is being stopped, or because the fork server has ended.
    So neither the environment nor the request is the cause. The stream of the request ends with the error's code."""

    code = Code.UNAVAILABLE
    ends_session = True


class LimitExceededError(ServerError):
    """The processes of the session together used more memory than the operator allows, or one of them tried to reserve
    many times this memory. Or a request took longer than the operator allows, or the answer to a Reset, Step or
    Restore is too large. The session ends."""

    code = Code.RESOURCE_EXHAUSTED
    ends_session = True


class ReportedError(Exception):
    """A request has failed in another process of the server, which has sent the description of the failure."""

    def __init__(self, detail: pb.ErrorDetail, *, ends_session: bool) -> None:
        super().__init__(detail.message)
        self.detail = detail
        self.ends_session = ends_session
