# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Chooses the processes in which a server's sessions run."""

import dataclasses
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gymwire.server.error_output import ErrorOutput
from gymwire.server.errors import InvalidRequestError
from gymwire.server.hosting import Host, HostSettings
from gymwire.server.session_table import SessionTable

if TYPE_CHECKING:
    from gymwire.server.isolation.process import Launcher


def isolated(settings: HostSettings, errors: ErrorOutput | None) -> Callable[[SessionTable], Host]:
    """Returns a function that makes a `Host`. This host runs each session in its own process. Each process also has its
    own working directory, which is deleted when the process ends. But if clients may name files, all processes use the
    server's working directory."""

    def make(sessions: SessionTable) -> Host:
        from gymwire.server.isolation.host import IsolatedHost

        if settings.rules.files:
            return IsolatedHost(settings, _launcher(settings, errors), sessions.close_if_idle)
        directory = _make_directory()
        own = dataclasses.replace(settings, directory=directory)
        try:
            return IsolatedHost(own, _launcher(own, errors), sessions.close_if_idle)
        except BaseException:
            directory.rmdir()
            raise

    return make


def _make_directory() -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix="gymwire-"))
    except OSError as error:
        raise InvalidRequestError(
            f"no directory for the sessions can be made: {error}; set TMPDIR to a directory that can be written"
        ) from error


def _launcher(settings: HostSettings, errors: ErrorOutput | None) -> "Launcher":
    if sys.platform == "linux" and errors is not None:
        from gymwire.server.isolation.fork_server import ForkServer

        return ForkServer(settings, errors)
    from gymwire.server.isolation.spawning import SpawnLauncher

    return SpawnLauncher(settings)


def in_this_process(settings: HostSettings) -> Callable[[SessionTable], Host]:
    """Imports the operator's modules, and returns a function that makes a `Host`. This host runs all sessions in this
    process."""
    from gymwire.server.local import LocalHost, import_modules

    import_modules(settings.rules.modules)
    return lambda _: LocalHost(settings, one_thread=False)
