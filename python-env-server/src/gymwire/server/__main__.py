# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The command line: ``python -m gymwire.server --listen ADDRESS``."""

import argparse
import contextlib
import functools
import importlib
import logging
import os
import signal
import socket
import sys
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

# No signal has this number.
_END_OF_INPUT = 0

# After this the process ends, even when an environment has not returned.
_GRACE_SECONDS = 3.0
# Calls under way may end by themselves for this long; open streams are cancelled after it.
_CALL_GRACE_SECONDS = 0.5
# What was written to standard error may take this long to leave.
_FLUSH_SECONDS = 1.0


def main() -> int:
    """Serves until it is told to stop; returns the exit code."""
    _append_python_path()
    missing = missing_packages()
    if missing:
        print(f"gymwire.server: {missing}", file=sys.stderr)
        return 2
    options = command_line.parse()
    # Environments may print; standard output is for the one line that says where the server listens.
    announcement = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # The client of a lean server reads its standard error; that of any other may be a pipe that nobody reads.
    errors = ErrorOutput() if os.name == "posix" and not options.lean else None
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # Keeps pygame from greeting when an environment imports it.
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    # Without a sound card pygame's audio complains on standard error each time that something is drawn.
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
    signalled, signaller = socket.socketpair()
    # The terminal sends Ctrl-C to parent and child alike; the parent finishes its work, then stops the server.
    stops = (signal.SIGTERM,) if options.managed else (signal.SIGTERM, signal.SIGINT)
    _write_signals_to(signaller, stops)
    access = command_line.access(options)
    make_way(access.address)
    listener = _listen(options, access, errors)
    if options.managed:
        threading.Thread(target=_stop_at_end_of_input, args=(signaller,), name="parent-watch", daemon=True).start()
    enough = (_END_OF_INPUT, *stops)
    stopping = (signalled, enough, functools.partial(_stop, listener, errors))
    threading.Thread(target=_stop_when_signalled, args=stopping, name="stop", daemon=True).start()
    if access.warning:
        print(f"gymwire.server: warning: {access.warning}", file=sys.stderr, flush=True)
    print(f"listening on {listener.address}", file=announcement, flush=True)
    # On the main thread, which is where the lean listener's environments live.
    listener.serve()
    listener.stop(_CALL_GRACE_SECONDS)
    return 0


def _append_python_path() -> None:
    """Adds the folders of PYTHONPATH after this environment's own packages, if the program that started the server kept
    them back for that: modules of users are found there, and another numpy there is not. Processes of environments
    take over sys.path; they must not find the variable itself."""
    path = os.environ.pop("GYMWIRE_PYTHONPATH", "")
    if path:
        # The folder google has no __init__.py, so that one in a later folder would take its place.
        importlib.import_module("google.protobuf")
    sys.path += [os.path.abspath(folder) for folder in path.split(os.pathsep) if folder]


def _listen(
    options: argparse.Namespace, access: command_line.Access, errors: ErrorOutput | None
) -> "Listener | LeanListener":
    settings, log = command_line.host_settings(options), command_line.session_log(options)
    # These load gRPC and, where environments run in this process, Gymnasium, which takes a while: a wrong address need
    # not wait for it.
    if options.lean:
        from gymwire.server.lean.listener import LeanListener
        from gymwire.server.local import import_modules

        import_modules(settings.rules.modules)
        return LeanListener(access.address, settings=settings, log=log)
    from gymwire.server import hosts
    from gymwire.server.listener import Listener

    together = options.isolation == "none"
    make_host = hosts.in_this_process(settings) if together else hosts.isolated(settings, errors)
    return Listener(access.address, settings=settings, make_host=make_host, log=log, token=access.token, tls=access.tls)


def _write_signals_to(signaller: socket.socket, stops: tuple[signal.Signals, ...]) -> None:
    """Has the number of each signal that arrives sent as a byte.

    By the interpreter's own write: a handler in Python would not run while an environment keeps the main thread. The
    handlers send it as well, for an environment may have called signal.set_wakeup_fd itself, as asyncio does.
    """

    def send(number: int, _: FrameType | None) -> None:
        # When it is full, a byte that says the same has long been sent.
        with contextlib.suppress(BlockingIOError):
            signaller.send(bytes((number,)))

    signaller.setblocking(False)
    signal.set_wakeup_fd(signaller.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for each in stops:
        signal.signal(each, send)


def _stop_when_signalled(signalled: socket.socket, enough: Collection[int], stop: Callable[[], None]) -> None:
    """Waits for one of the bytes that are enough, and has the server stop. Environments may have signals of their own,
    of which bytes come too."""
    while signalled.recv(1)[0] not in enough:
        continue
    stop()


def _stop(listener: "Listener | LeanListener", errors: ErrorOutput | None) -> None:
    _exit_after_grace(errors)
    listener.interrupt()


def _stop_at_end_of_input(signaller: socket.socket) -> None:
    # Input that cannot be read has ended, too.
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            continue
    signaller.send(bytes((_END_OF_INPUT,)))


def _exit_after_grace(errors: ErrorOutput | None) -> None:
    """Starts a timer that ends the process even when an environment never returns."""

    def give_up() -> None:
        print("gymwire.server: an environment did not return in time; leaving without it", file=sys.stderr, flush=True)
        if errors is not None:
            errors.close(_FLUSH_SECONDS)
        os._exit(1)

    timer = threading.Timer(_GRACE_SECONDS, give_up)
    timer.daemon = True
    timer.start()


if __name__ == "__main__":
    sys.exit(main())
