# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Starts a session's process as a new interpreter, on systems other than Linux: forking is not safe there, or not
possible."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import threading
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from gymwire.server.error_output import LastWords
from gymwire.server.hosting import HostSettings
from gymwire.server.interpreters import started_safely, without_working_directory
from gymwire.server.isolation.process import Launcher, SessionProcess


class SpawnLauncher(Launcher):
    """Spawns processes. Each process imports the modules that it needs, which takes one or two seconds."""

    def __init__(self, settings: HostSettings) -> None:
        self._settings = settings
        self._context = multiprocessing.get_context("spawn")
        self._lock = threading.Lock()
        self._numbers = 0
        self._processes: set[BaseProcess] = set()
        self._server_ends = threading.Event()

    def start(self) -> SessionProcess:
        """See Launcher."""
        ours, theirs = self._context.Pipe()
        with self._lock:
            self._numbers += 1
            number = self._numbers
        process = self._context.Process(
            target=_run_session,
            args=(theirs, self._settings, self._directory(number)),
            name=f"gymwire-session-{number}",
        )
        with without_working_directory():
            process.start()
        theirs.close()
        words = LastWords()
        # The process writes to the server's own standard error, not to a pipe. So `words` never gets lines.
        words.complete.set()
        session = SessionProcess(ours, words, process.kill, self._server_ends)
        session.has_started(process.pid or 0)
        with self._lock:
            self._processes.add(process)
        await_end = (process, session, self._directory(number))
        threading.Thread(target=self._await, args=await_end, name="session-end", daemon=True).start()
        return session

    def begin_to_stop(self) -> None:
        """See Launcher."""
        self._server_ends.set()

    def close(self) -> None:
        """See Launcher."""
        with self._lock:
            processes = list(self._processes)
        for process in processes:
            process.kill()
        for process in processes:
            process.join()
        if self._settings.directory is not None:
            shutil.rmtree(self._settings.directory, ignore_errors=True)

    def _directory(self, number: int) -> Path | None:
        root = self._settings.directory
        return None if root is None else root / f"session-{number}"

    def _await(self, process: BaseProcess, session: SessionProcess, directory: Path | None) -> None:
        process.join()
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)
        with self._lock:
            self._processes.discard(process)
        session.has_ended(process.exitcode)


def _run_session(connection: Connection[Any, Any], settings: HostSettings, directory: Path | None) -> None:
    """The program that runs in the session's process."""
    # The terminal sends Ctrl-C to all processes. This process ignores it, because the server ends its sessions itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    started_safely()
    # These imports load Gymnasium. The front process, to which clients connect, must not load it.
    from gymwire.server.env_process import die_with_parent
    from gymwire.server.isolation.child import serve_session
    from gymwire.server.local import import_modules

    die_with_parent()
    if directory is not None:
        directory.mkdir(mode=0o700)
        os.chdir(directory)
    import_modules(settings.rules.modules)
    serve_session(connection, settings)
