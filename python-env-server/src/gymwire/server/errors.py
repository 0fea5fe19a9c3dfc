# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with a request. The table in ``service.py`` gives each its gRPC code."""


class InvalidRequestError(ValueError):
    """The request is malformed or a value in it is not allowed, whatever the state of the session."""

    def __init__(self, message: str, env_index: int | None = None) -> None:
        super().__init__(message)
        self.env_index = env_index


class WrongStateError(Exception):
    """The request is well formed, but not possible in the session's present state."""


class AddressInUseError(Exception):
    """The server cannot listen where it was told to."""


class UnknownSessionError(LookupError):
    """No such session is open."""


class UnknownEnvironmentError(LookupError):
    """No such environment is registered."""


class MissingDependencyError(Exception):
    """The environment needs a package that is not installed."""


class RefusedError(Exception):
    """The operator's rules forbid it."""


class SnapshotUnsupportedError(Exception):
    """An environment's state cannot be taken down exactly; the message says what stands in the way."""


class QuotaError(Exception):
    """A limit of the server is reached."""


class EnvironmentRaisedError(Exception):
    """An environment raised. The exception is the ``__cause__``; when that stayed behind in another process, its class
    and traceback are in the fields here."""

    def __init__(self, message: str, env_index: int | None = None) -> None:
        super().__init__(message)
        self.env_index = env_index
        self.exception_class = ""
        self.traceback = ""


class EnvironmentFailedError(EnvironmentRaisedError):
    """It raised where it must not: the session cannot be used on."""


class CallFailedError(EnvironmentRaisedError):
    """It raised while it was drawn or called by name: the session can be used on."""


class UnsupportedResultError(Exception):
    """What a call gave has no form on the wire; the session can be used on."""
