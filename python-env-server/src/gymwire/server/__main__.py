# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The command line: ``python -m gymwire.server --listen ADDRESS``."""

import sys

# `python -m` makes the current folder the first folder of sys.path, so that a queue.py or a numpy there would replace a
# module that the server needs. Therefore this folder is removed before the other imports; `main` appends it again.
# Python before 3.11 has no flag `safe_path`.
if __name__ == "__main__" and not getattr(sys.flags, "safe_path", sys.flags.isolated):
    _CURRENT_FOLDER = [sys.path.pop(0)]
else:
    _CURRENT_FOLDER = []

import argparse
import contextlib
import importlib
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Collection
from types import FrameType
from typing import TYPE_CHECKING, TextIO

from gymwire.server import options as command_line
from gymwire.server.error_output import ErrorOutput
from gymwire.server.errors import AddressInUseError, InvalidRequestError, RefusedError
from gymwire.server.extra import missing_packages
from gymwire.server.opengl import choose_opengl
from gymwire.server.sockets import make_way

if TYPE_CHECKING:
    from gymwire.server.lean.listener import LeanListener
    from gymwire.server.listener import Listener

# The byte for the end of standard input; no signal has this number.
_END_OF_INPUT = 0

# How long the server may take to stop. Then the process ends, even when an environment has not returned.
_GRACE_SECONDS = 3.0
# Calls under way, such as open streams, have this time to end by themselves. Then the server ends them.
_CALL_GRACE_SECONDS = 0.5
# At its end, the process waits at most this long until all data for standard error is written.
_FLUSH_SECONDS = 1.0

_MOST_OPEN_FILES = 65_536


def main() -> int:
    """Serves until a signal stops the server or, with --managed, until standard input ends. Returns the exit code."""
    _append_folders()
    missing = missing_packages()
    if missing:
        print(f"gymwire.server: {missing}", file=sys.stderr)
        return 2
    options = command_line.parse()
    _allow_open_files()
    # Environments may print, but standard output is only for the line with the address that the server listens on.
    announcement = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # Standard error may be a pipe that nobody reads. When such a pipe is full, ErrorOutput drops data, so that the
    # server does not block. The agent's own servers (--lean --managed) do not need ErrorOutput, because the agent reads
    # their pipes.
    agents_own = options.lean and options.managed
    errors = ErrorOutput() if os.name == "posix" and not agents_own else None
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # Without this variable, pygame prints a greeting when an environment imports pygame.
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    # Without this variable, on a machine without a sound card, pygame's audio prints an error each time pygame draws.
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    choose_opengl()
    logging.basicConfig(level=logging.WARNING, format="gymwire.server: %(levelname)s: %(message)s")
    try:
        return _serve(options, announcement, errors)
    except (InvalidRequestError, RefusedError, AddressInUseError) as error:
        print(f"gymwire.server: {error}", file=sys.stderr)
        return 2
    finally:
        if errors is not None:
            errors.close(_FLUSH_SECONDS)


def _serve(options: argparse.Namespace, announcement: TextIO, errors: ErrorOutput | None) -> int:
    _enter_callers_directory()
    signalled, signaller = socket.socketpair()
    # The terminal sends Ctrl-C to the parent and to this process. A managed server ignores it: the parent finishes its
    # work, then stops the server.
    stops = (signal.SIGTERM,) if options.managed else (signal.SIGTERM, signal.SIGINT)
    _write_signals_to(signaller, stops)
    access = command_line.access(options)
    make_way(access.address)
    if options.managed:
        threading.Thread(target=_stop_at_end_of_input, args=(signaller,), name="parent-watch", daemon=True).start()
    stopper = _Stopper(errors)
    stopping = (signalled, (_END_OF_INPUT, *stops), stopper.stop)
    threading.Thread(target=_stop_when_signalled, args=stopping, name="stop", daemon=True).start()
    try:
        listener = stopper.listener = _listen(options, access, errors)
    except BaseException:
        stopper.has_failed = True
        raise
    for warning in access.warnings:
        print(f"gymwire.server: warning: {warning}", file=sys.stderr, flush=True)
    print(f"listening on {listener.address}", file=announcement, flush=True)
    # The main thread serves: the lean listener runs its environments on the thread that serves, and some environments
    # need the main thread.
    listener.serve()
    listener.stop(_CALL_GRACE_SECONDS)
    return 0


def _append_folders() -> None:
    """Appends the current folder and the folders of the variable GYMWIRE_PYTHONPATH to sys.path.

    The program that starts the server may pass the user's PYTHONPATH in this variable. Python then finds the user's
    modules in all these folders, but a numpy in them does not replace the server's numpy. The processes of environments
    get a copy of sys.path. They get it instead of the variable, which is removed.
    """
    path = os.environ.pop("GYMWIRE_PYTHONPATH", "")
    folders = [*_CURRENT_FOLDER, *(os.path.abspath(folder) for folder in path.split(os.pathsep) if folder)]
    if folders:
        # Protobuf's folder google has no __init__.py. Without this import, a package google in a later folder would
        # replace it.
        importlib.import_module("google.protobuf")
    sys.path += folders


def _allow_open_files() -> None:
    """Raises the soft limit of open files to the hard limit, and to 65,536 at most. Systems set a low soft limit only
    for programs that use select(). This server needs a few open files for each session. The processes of environments
    get the same limit. It must not be too high, because some programs close all possible files when they start."""
    try:
        import resource
    except ImportError:
        return  # Windows has no such limit.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # macOS refuses an unlimited soft limit, but accepts the second value.
    for limit in (_MOST_OPEN_FILES, 10_240):
        wanted = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        if soft == resource.RLIM_INFINITY or wanted <= soft:
            return
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            return


def _enter_callers_directory() -> None:
    """Enters the directory in the variable GYMWIRE_DIRECTORY.

    The program that starts the server may pass its own working directory in this variable. Relative names of files then
    mean the same files in both programs. Such a program starts the server in another directory, because Python imports
    modules first from the directory in which it starts. There, a user's file random.py would replace Python's module.
    """
    directory = os.environ.pop("GYMWIRE_DIRECTORY", "")
    if directory:
        try:
            os.chdir(directory)
        except OSError as error:
            raise InvalidRequestError(
                f"the working directory {directory} cannot be used: {error.strerror}; start in another directory"
            ) from error


def _listen(
    options: argparse.Namespace, access: command_line.Access, errors: ErrorOutput | None
) -> "Listener | LeanListener":
    settings, log = command_line.host_settings(options), command_line.session_log(options)
    # The imports below load the listener, and Gymnasium if environments run in this process. The imports take a while,
    # so they come after the check of the address.
    if options.lean:
        from gymwire.server.lean.listener import LeanListener
        from gymwire.server.local import import_modules

        import_modules(settings.rules.modules)
        return LeanListener(access.address, settings=settings, log=log)
    from gymwire.server import hosts
    from gymwire.server.listener import Listener

    in_one_process = options.isolation == "none"
    make_host = hosts.in_this_process(settings) if in_one_process else hosts.isolated(settings, errors)
    return Listener(access.address, settings=settings, make_host=make_host, log=log, token=access.token, tls=access.tls)


def _write_signals_to(signaller: socket.socket, stops: tuple[signal.Signals, ...]) -> None:
    """For each signal with a handler in Python, sends the number of the signal as a byte when the signal arrives.

    set_wakeup_fd makes the interpreter itself write the byte, because a handler in Python does not run while an
    environment keeps the main thread busy. The handlers for `stops` send the byte too, because an environment may have
    called signal.set_wakeup_fd with another descriptor, as asyncio does.
    """

    def send(number: int, _: FrameType | None) -> None:
        # If the socket's buffer is full, earlier bytes already report a signal.
        with contextlib.suppress(BlockingIOError):
            signaller.send(bytes((number,)))

    signaller.setblocking(False)
    signal.set_wakeup_fd(signaller.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for each in stops:
        signal.signal(each, send)


def _stop_when_signalled(signalled: socket.socket, stop_bytes: Collection[int], stop: Callable[[], None]) -> None:
    """Waits for one of the bytes that stop the server, then stops the server. Environments may handle other signals, so
    other bytes can come too."""
    while signalled.recv(1)[0] not in stop_bytes:
        continue
    stop()


class _Stopper:
    """Stops the server."""

    def __init__(self, errors: ErrorOutput | None) -> None:
        self._errors = errors
        self.listener: Listener | LeanListener | None = None
        """None while the server starts."""
        self.has_failed = False
        """Whether the server could not start. The process then ends by itself, with an error."""

    def stop(self) -> None:
        """Stops the listener. While the server starts, ends the process: the imports can take minutes, and no client is
        connected yet."""
        if self.listener is not None:
            _exit_after_grace(self._errors)
            self.listener.interrupt()
        elif not self.has_failed:
            _exit(0, self._errors)


def _stop_at_end_of_input(signaller: socket.socket) -> None:
    # An input that cannot be read counts as ended.
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            continue
    signaller.send(bytes((_END_OF_INPUT,)))


def _exit_after_grace(errors: ErrorOutput | None) -> None:
    """Starts a timer that ends the process even when an environment never returns."""

    def give_up() -> None:
        print("gymwire.server: an environment did not return in time; exiting without it", file=sys.stderr, flush=True)
        _exit(1, errors)

    timer = threading.Timer(_GRACE_SECONDS, give_up)
    timer.daemon = True
    timer.start()


def _exit(code: int, errors: ErrorOutput | None) -> None:
    """Ends the process, whatever its threads do."""
    if errors is not None:
        errors.close(_FLUSH_SECONDS)
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
