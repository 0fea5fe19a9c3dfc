# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The command line: ``python -m gymwire.server --listen ADDRESS``."""

import argparse
import contextlib
import importlib
import logging
import os
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING

from gymwire.server import options as command_line
from gymwire.server.errors import AddressInUseError, InvalidRequestError, RefusedError
from gymwire.server.opengl import choose_opengl
from gymwire.server.sockets import make_way

if TYPE_CHECKING:
    from gymwire.server.lean.listener import LeanListener
    from gymwire.server.listener import Listener

# After this the process ends, even when an environment has not returned.
_GRACE_SECONDS = 3.0
# Calls under way may end by themselves for this long; open streams are cancelled after it.
_CALL_GRACE_SECONDS = 0.5


def main() -> int:
    """Serves until it is told to stop; returns the exit code."""
    _append_python_path()
    options = command_line.parse()
    # Environments may print; standard output is for the one line that says where the server listens.
    announcement = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # Keeps pygame from greeting when an environment imports it.
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    # Without a sound card pygame's audio complains on standard error each time that something is drawn.
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    choose_opengl()
    logging.basicConfig(level=logging.WARNING, format="gymwire.server: %(levelname)s: %(message)s")
    told, tell = socket.socketpair()
    _stop_on_signals(tell, options.managed)
    try:
        access = command_line.access(options)
        make_way(access.address)
        listener = _listen(options, access)
    except (InvalidRequestError, RefusedError, AddressInUseError) as error:
        return _complain(str(error))
    if options.managed:
        threading.Thread(target=_stop_at_end_of_input, args=(tell,), name="parent-watch", daemon=True).start()
    if access.warning:
        print(f"gymwire.server: warning: {access.warning}", file=sys.stderr, flush=True)
    print(f"listening on {listener.address}", file=announcement, flush=True)
    told.recv(1)
    _exit_after_grace()
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
    sys.path += [folder for folder in path.split(os.pathsep) if folder]


def _listen(options: argparse.Namespace, access: command_line.Access) -> "Listener | LeanListener":
    _import_modules(options.modules)
    limits, rules = command_line.limits(options), command_line.rules(options)
    lease_seconds, log = options.lease_seconds, command_line.session_log(options)
    # These load Gymnasium, which takes a while: a wrong address need not wait for it.
    if options.lean:
        from gymwire.server.lean.listener import LeanListener

        return LeanListener(access.address, limits=limits, rules=rules, lease_seconds=lease_seconds, log=log)
    from gymwire.server.listener import Listener

    return Listener(
        access.address,
        limits=limits,
        rules=rules,
        lease_seconds=lease_seconds,
        log=log,
        token=access.token,
        tls=access.tls,
    )


def _import_modules(names: list[str]) -> None:
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:
            raise InvalidRequestError(
                f"--import {name} failed: {type(error).__name__}: {error}; check the name, PYTHONPATH and the module"
            ) from error


def _stop_on_signals(tell: socket.socket, managed: bool) -> None:
    """Sends a byte when a signal arrives.

    By the interpreter's own write: a handler in Python would not run while the main thread begins to wait for a lock.
    """
    tell.setblocking(False)
    signal.set_wakeup_fd(tell.fileno())
    signal.signal(signal.SIGTERM, lambda *_: None)
    # The terminal sends Ctrl-C to parent and child alike; the parent finishes its work, then stops the server.
    signal.signal(signal.SIGINT, signal.SIG_IGN if managed else lambda *_: None)


def _stop_at_end_of_input(tell: socket.socket) -> None:
    # Input that cannot be read has ended, too.
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            continue
    tell.send(b"\0")


def _exit_after_grace() -> None:
    """Starts a timer that ends the process even when an environment never returns."""

    def give_up() -> None:
        print("gymwire.server: an environment did not return in time; leaving without it", file=sys.stderr, flush=True)
        os._exit(1)

    timer = threading.Timer(_GRACE_SECONDS, give_up)
    timer.daemon = True
    timer.start()


def _complain(message: str) -> int:
    print(f"gymwire.server: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
