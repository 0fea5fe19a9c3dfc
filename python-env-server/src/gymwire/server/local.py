# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs sessions in this process."""

import contextlib
import importlib
from collections.abc import Iterable

import gymnasium

from gymwire.server import environments, making
from gymwire.server.errors import InvalidRequestError
from gymwire.server.failures import PASSED_ON, describe
from gymwire.server.hosting import CLOSE_SECONDS, Host, HostSettings
from gymwire.server.session import Session
from gymwire.v1 import environment_service_pb2 as pb


class LocalHost(Host):
    """Makes sessions in this process. If a session has a render mode, its environments run on a separate thread. There
    are two exceptions: all requests come on one thread, or each environment has its own process."""

    def __init__(self, settings: HostSettings, *, one_thread: bool) -> None:
        self._settings = settings
        self._one_thread = one_thread

    def make(self, session_id: str, request: pb.MakeRequest) -> tuple[Session, pb.MakeResponse]:
        """See Host."""
        making.check_make(request)
        session = making.create_session(request, self._settings, one_thread=self._one_thread)
        lease = request.lease_seconds if request.HasField("lease_seconds") else self._settings.lease_seconds
        try:
            made = making.describe_session(session_id, session, lease)
            self._settings.limits.check_answer("make", made.ByteSize())
            return session, made
        except BaseException:
            # The description can fail, for example if the space of the batched observations is nested deeper than a
            # message allows, or if the description is too large for a message.
            with contextlib.suppress(Exception):
                session.close(CLOSE_SECONDS)
            raise

    def list_environments(self) -> pb.ListEnvironmentsResponse:
        """See Host."""
        return pb.ListEnvironmentsResponse(
            environments=[_entry(env_id) for env_id in environments.visible_ids(self._settings.rules)]
        )

    def close(self) -> None:
        """Does nothing: all resources belong to the sessions."""


def import_modules(names: Iterable[str]) -> None:
    """Imports the modules of the option --import. Raises InvalidRequestError if a module cannot be imported."""
    for name in names:
        try:
            importlib.import_module(name)
        except PASSED_ON:
            raise
        except BaseException as error:
            raise InvalidRequestError(
                f"--import {name} failed: {describe(error)}; check the name and PYTHONPATH, and that the "
                f"module's package is installed (./gymwire pip install PACKAGE)"
            ) from error


def _entry(env_id: str) -> pb.EnvironmentEntry:
    spec = gymnasium.registry[env_id]
    return pb.EnvironmentEntry(
        spec=environments.encode_spec(spec), unavailable_reason=environments.unavailable_reason(spec)
    )
