# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The fork server: a process that runs Python on one thread. It has imported the modules that sessions need, unless
these imports start threads. It forks one process for each session.

The fork server exchanges messages in JSON with the front process, to which clients connect. The messages go through a
SOCK_SEQPACKET socket, which keeps message boundaries. The front process sends ``start``, with two descriptors (the
session's connection and its standard error), and ``kill``. The fork server reports each process that has ``started``,
``failed`` to start or ``ended``. When the socket closes, the fork server ends with all its processes.
"""

import contextlib
import gc
import json
import os
import pickle
import select
import shutil
import signal
import socket
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from gymwire.server.isolation import confinement
from gymwire.server.isolation.process_tree import read_processes

_PACKET_BYTES = 1 << 16


class ForkSettings(NamedTuple):
    """The settings with which the fork server is started."""

    host: Any
    """The pickled HostSettings. Only the forked processes unpickle them, because unpickling imports modules that may
    start threads."""
    memory_mib: int
    modules: tuple[str, ...]
    directory: Path | None
    preload: bool
    """Whether the fork server imports Gymnasium and `modules` before it forks."""


def main() -> None:
    """Runs the fork server. Its settings are in standard input. The first argument is the descriptor of its socket."""
    control = socket.socket(fileno=int(sys.argv[1]))
    settings: ForkSettings = pickle.load(sys.stdin.buffer)
    # Ctrl-C is for the front process, which ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    confinement.adopt_orphans()
    # During the imports this process does not read the socket, so it cannot notice the end of the front process.
    confinement.die_with_parent(os.getppid())
    if settings.preload and (problem := _preload(settings.modules)):
        control.send(json.dumps(problem).encode())
        return
    confinement.continue_after_parent()
    # The sessions share this process's memory until a process writes to it. gc.freeze prevents the garbage collector
    # from writing to it.
    gc.collect()
    gc.freeze()
    # If the front process has ended, send fails. The next read detects the end of the front process.
    with contextlib.suppress(OSError):
        control.send(json.dumps({"ready": True}).encode())
    _ForkServer(control, settings).run()


def _preload(modules: tuple[str, ...]) -> dict[str, Any]:
    """Imports what sessions need. Returns the reason if the imports cannot be used, else an empty dict."""
    # numpy's threads do no harm, because numpy starts them again after a fork. So numpy is imported before the threads
    # are counted.
    import numpy  # noqa: F401

    before = _threads()
    from gymwire.server.errors import InvalidRequestError
    from gymwire.server.isolation import child  # noqa: F401
    from gymwire.server.local import import_modules

    try:
        import_modules(modules)
    except InvalidRequestError as error:
        return {"refused": str(error)}
    _import_simulators()
    return {"threads": True} if _threads() > before else {}


def _import_simulators() -> None:
    """Imports Gymnasium's classic control environments and, if it is installed, MuJoCo, so that sessions do not spend
    time on these imports."""
    import gymnasium.envs.classic_control

    with contextlib.suppress(Exception):
        import gymnasium.envs.mujoco  # noqa: F401


def _threads() -> int:
    return len(os.listdir("/proc/self/task"))


class _ForkServer:
    """Forks, kills and waits for the processes of sessions."""

    def __init__(self, control: socket.socket, settings: ForkSettings) -> None:
        self._control = control
        self._settings = settings
        self._pids: dict[int, int] = {}  # session key -> process id
        self._keys: dict[int, int] = {}  # process id -> session key
        self._cleaners: set[int] = set()
        self._own_pid = os.getpid()

    def run(self) -> None:
        """Serves until the front process ends or closes the connection."""
        woken, wake = socket.socketpair()
        wake.setblocking(False)
        woken.setblocking(False)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(woken, select.POLLIN)
        try:
            front_runs = True
            while front_runs:
                for descriptor, _ in poll.poll():
                    if descriptor == woken.fileno():
                        with contextlib.suppress(BlockingIOError):
                            woken.recv(_PACKET_BYTES)
                        self._reap()
                    else:
                        front_runs = self._handle_request()
        finally:
            self._end()

    def _handle_request(self) -> bool:
        """Carries out a request of the front process; returns whether the front process still uses the connection."""
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._control, _PACKET_BYTES, 2)
        except ConnectionResetError:
            # The front process ended before it had read all messages.
            return False
        if not packet:
            return False
        request = json.loads(packet)
        if "start" in request:
            connection, errors = descriptors
            os.set_inheritable(connection, False)
            self._start(request["start"], connection, errors)
        elif (pid := self._pids.get(request["kill"])) is not None:
            os.kill(pid, signal.SIGKILL)
        return True

    def _start(self, key: int, connection: int, errors: int) -> None:
        try:
            pid = os.fork()
        except OSError as error:
            self._report({"failed": key, "reason": error.strerror or str(error)})
            return
        finally:
            if os.getpid() == self._own_pid:
                os.close(connection)
                os.close(errors)
        if pid == 0:
            self._run_session(key, connection, errors)
        self._pids[key], self._keys[pid] = pid, key
        self._report({"started": key, "pid": pid})

    def _run_session(self, key: int, connection: int, errors: int) -> NoReturn:
        """Runs a session in this process, which was just forked. Ends the process after the session."""
        code = 1
        try:
            confinement.die_with_parent(self._own_pid)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self._control.close()
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            os.dup2(errors, 1)
            os.dup2(errors, 2)
            os.close(nothing)
            os.close(errors)
            confinement.adopt_orphans()
            confinement.confine(self._directory(key), self._settings.memory_mib)
            from gymwire.server.isolation.child import serve_session
            from gymwire.server.local import import_modules

            if not self._settings.preload:
                import_modules(self._settings.modules)
            serve_session(Connection(connection), pickle.loads(self._settings.host))
            code = 0
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        except BaseException:
            # No code is left that could handle the exception, so this process only prints it.
            sys.excepthook(*sys.exc_info())
        finally:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(Exception):
                    stream.flush()
            # os._exit does not wait for threads that environments started.
            os._exit(code)

    def _directory(self, key: int) -> Path | None:
        root = self._settings.directory
        return None if root is None else root / f"session-{self._own_pid}-{key}"

    def _reap(self) -> None:
        """Reports the sessions' processes that have ended, kills the processes that they left behind, and removes the
        directories of their sessions."""
        ended: list[int] = []
        orphans = False
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            if pid in self._cleaners:
                self._cleaners.remove(pid)
                continue
            orphans = True
            if pid in self._keys:
                key = self._keys.pop(pid)
                del self._pids[key]
                ended.append(key)
                self._report({"ended": key, "code": os.waitstatus_to_exitcode(status)})
        if orphans:
            self._kill_orphans()
        for key in ended:
            self._remove(self._directory(key))

    def _kill_orphans(self) -> None:
        """Kills the processes that sessions left behind when they ended, with all their descendants. The kernel has
        made these processes children of this process. A resource tracker that is such a child is not killed."""
        tree = read_processes()
        for pid in tree.children.get(os.getpid(), ()):
            if pid not in self._keys and pid not in self._cleaners and not _is_resource_tracker(pid):
                for each in tree.with_descendants(pid):
                    _kill(each)

    def _remove(self, directory: Path | None) -> None:
        """Removes a session's directory in a separate process. The removal can take long, because a directory may
        contain any number of files."""
        if directory is None:
            return
        try:
            pid = os.fork()
        except OSError:
            # The directory is removed when the server ends.
            return
        if pid == 0:
            try:
                confinement.die_with_parent(self._own_pid)
                shutil.rmtree(directory, ignore_errors=True)
            finally:
                os._exit(0)
        self._cleaners.add(pid)

    def _report(self, message: dict[str, Any]) -> None:
        # If the front process has ended, send fails. The next read detects the end of the front process.
        with contextlib.suppress(OSError):
            self._control.send(json.dumps(message).encode())

    def _end(self) -> None:
        """Ends every descendant and removes the sessions' directories."""
        confinement.kill_children()
        if self._settings.directory is not None:
            shutil.rmtree(self._settings.directory, ignore_errors=True)


def _is_resource_tracker(pid: int) -> bool:
    """Returns whether a process is multiprocessing's resource tracker. The tracker frees shared memory once all
    users of the memory have ended, and then ends by itself."""
    try:
        return b"resource_tracker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
