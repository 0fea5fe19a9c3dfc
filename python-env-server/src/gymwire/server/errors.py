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


class QuotaError(Exception):
    """A limit of the server is reached."""


class EnvironmentFailedError(Exception):
    """An environment raised; the exception is the ``__cause__``."""

    def __init__(self, message: str, env_index: int | None = None) -> None:
        super().__init__(message)
        self.env_index = env_index
