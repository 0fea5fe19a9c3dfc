# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Code of the front process, to which clients connect. It starts the fork server and requests processes from it. If
the fork server has ended, the front process starts a new one before it requests the next process."""

import contextlib
import itertools
import json
import os
import pickle
import shutil
import socket
import subprocess
import sys
import threading
from multiprocessing.connection import Connection
from typing import Any

from gymwire.server.error_output import ErrorOutput
from gymwire.server.errors import InvalidRequestError, ServerEndsError
from gymwire.server.hosting import HostSettings
from gymwire.server.isolation import confinement
from gymwire.server.isolation.forking import ForkSettings
from gymwire.server.isolation.process import Launcher, SessionProcess

_PACKET_BYTES = 1 << 16
# How long the imports may take, in seconds. They usually take one second, but minutes if large packages such as torch
# come from a network file system. The agent gives its managed servers as much time.
_READY_SECONDS = 600.0
_START_SECONDS = 60.0
_END_SECONDS = 2.0


class ForkServer(Launcher):
    """Starts processes by fork. The fork server has already imported Gymnasium and the modules of the option --import,
    so a session's process starts within milliseconds. But a forked process has only the thread that forked. So if these
    imports start threads, the fork server is replaced by one that imports neither Gymnasium nor the modules. Each
    session's process then imports them itself."""

    def __init__(self, settings: HostSettings, errors: ErrorOutput) -> None:
        self._settings = settings
        self._errors = errors
        self._preload = True
        # If a fork server is killed, its child processes become children of this process.
        confinement.adopt_orphans()
        self._lock = threading.Lock()
        self._stopping = False
        self._server: _Running | None = self._run()

    def start(self) -> SessionProcess:
        """See Launcher."""
        with self._lock:
            if self._server is None or self._stopping:
                raise ServerEndsError("the server is being stopped")
            if self._server.has_ended:
                self._server = self._run()
            server = self._server
        process = server.start(self._errors)
        if not process.await_start(_START_SECONDS):
            process.connection.close()
            raise process.ending()
        return process

    def begin_to_stop(self) -> None:
        """See Launcher."""
        # This method does not take the lock, because the start of a fork server can hold the lock for a long time.
        self._stopping = True
        if (server := self._server) is not None:
            server.ends.set()

    def close(self) -> None:
        """See Launcher."""
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            server.stop()
        if self._settings.directory is not None:
            shutil.rmtree(self._settings.directory, ignore_errors=True)

    def _run(self) -> "_Running":
        server = _Running(self._settings, self._preload)
        news = server.await_ready()
        if "threads" in news:
            server.stop()
            self._preload = False
            server = _Running(self._settings, self._preload)
            news = server.await_ready()
        if "ready" not in news:
            server.stop()
            raise InvalidRequestError(news.get("refused", "the fork server has ended before it was ready; see the log"))
        server.listen()
        return server


class _Running:
    """One fork server."""

    def __init__(self, settings: HostSettings, preload: bool) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._keys = itertools.count()
        self._lock = threading.Lock()
        self._processes: dict[int, SessionProcess] = {}
        self._modules = settings.rules.modules
        self.ends = threading.Event()
        """Set when the server is being stopped, or this fork server has ended."""
        self.has_ended = False
        """Whether this fork server and all its processes have ended."""
        # Protobuf's folder google has no __init__.py, so a package google in a user's path would replace it.
        # Therefore the program imports google.protobuf before it sets the path. Before that, it removes the empty name,
        # which stands for the working directory.
        program = (
            "import sys; sys.path[:] = filter(None, sys.path); "
            f"import google.protobuf; sys.path[:] = {sys.path!r}; "
            "from gymwire.server.isolation.forking import main; main()"
        )
        with theirs:
            self._popen = subprocess.Popen(
                [sys.executable, *_interpreter_flags(), "-c", program, str(theirs.fileno())],
                stdin=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                # Ctrl-C in the terminal is only for the front process.
                start_new_session=True,
            )
        fork_settings = ForkSettings(
            host=pickle.dumps(settings),
            memory_mib=settings.limits.session_memory_mib,
            modules=settings.rules.modules,
            directory=settings.directory,
            preload=preload,
        )
        assert self._popen.stdin is not None
        # If the fork server has ended already, await_ready reports it.
        with contextlib.suppress(BrokenPipeError), self._popen.stdin as stdin:
            pickle.dump(fork_settings, stdin)

    def await_ready(self) -> dict[str, Any]:
        """Waits for the report that the fork server sends after its imports. Returns the report, or an empty dict if
        the fork server has ended. After _READY_SECONDS, returns a dict with the key `refused`."""
        self._control.settimeout(_READY_SECONDS)
        try:
            packet = self._control.recv(_PACKET_BYTES)
        except TimeoutError:
            given = "".join(f", {module}" for module in self._modules)
            return {
                "refused": f"the imports (gymnasium{given}) took longer than {_READY_SECONDS:g} s; put the server's "
                "Python environment on a disk of this machine, or correct a module of --import if its import never ends"
            }
        self._control.settimeout(None)
        return json.loads(packet) if packet else {}

    def listen(self) -> None:
        """Starts the thread that records the starts and ends of processes."""
        threading.Thread(target=self._listen, name="fork-server", daemon=True).start()

    def start(self, errors: ErrorOutput) -> SessionProcess:
        """Asks the fork server for a process."""
        ours, theirs = socket.socketpair()
        writer, words = errors.open_pipe()
        key = next(self._keys)
        process = SessionProcess(Connection(ours.detach()), words, lambda: self._send({"kill": key}), self.ends)
        with self._lock:
            self._processes[key] = process
        try:
            self._send({"start": key}, theirs.fileno(), writer)
        finally:
            theirs.close()
            os.close(writer)
        if self.has_ended:
            self._lose(key)
        return process

    def stop(self) -> None:
        """Ends the fork server and, with it, all its processes."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        try:
            self._popen.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()

    def _send(self, message: dict[str, int], *descriptors: int) -> None:
        # If the fork server has ended, the message is lost. The listening thread notices the end.
        with contextlib.suppress(OSError):
            socket.send_fds(self._control, [json.dumps(message).encode()], descriptors)

    def _listen(self) -> None:
        with self._control:
            while packet := self._receive():
                news = json.loads(packet)
                if "started" in news:
                    self._processes[news["started"]].has_started(news["pid"])
                elif "failed" in news:
                    self._processes[news["failed"]].has_failed(news["reason"])
                    self._lose(news["failed"])
                else:
                    self._lose(news["ended"], news["code"])
        self.ends.set()
        self._popen.wait()
        confinement.kill_children()
        self.has_ended = True
        for key in list(self._processes):
            self._lose(key)

    def _receive(self) -> bytes:
        try:
            return self._control.recv(_PACKET_BYTES)
        except OSError:
            return b""

    def _lose(self, key: int, exit_code: int | None = None) -> None:
        with self._lock:
            process = self._processes.pop(key, None)
        if process is not None:
            process.has_ended(exit_code)


def _interpreter_flags() -> list[str]:
    """Returns flags that give a new interpreter most settings of this one, such as -X utf8 (but not -u)."""
    return subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
