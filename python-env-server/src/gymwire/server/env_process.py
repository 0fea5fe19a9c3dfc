# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The program that runs in an environment's own process."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from typing import Any

import numpy as np

from gymwire.codec import UnsupportedValueError
from gymwire.server.env_host import EnvHost, ResponseFields
from gymwire.server.errors import EnvironmentFailedError, EnvironmentRaisedError
from gymwire.server.failures import PASSED_ON, class_name, close_quietly, describe, traceback_text
from gymwire.server.interpreters import started_safely
from gymwire.server.opengl import choose_opengl
from gymwire.server.recipe import EnvRecipe, describe_env


def serve_environment(
    connection: Connection[Any, Any], recipe: EnvRecipe, index: int, fields: ResponseFields, same_step: bool
) -> None:
    """Imports the recipe's modules and makes the environment. Sends the environment's description, then answers
    requests until it receives None or the connection ends. Each request is a pair: the name of a method of EnvHost, and
    its arguments. Each answer is a pair: the result and None, or None and an exception. The description is sent as such
    a pair too. If an exception is raised before the description is ready, this function sends the pair with an
    exception and returns."""
    # This process ignores Ctrl-C, because the server itself ends the processes of its environments.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent()
    started_safely()
    choose_opengl()
    # A forked process has a copy of its parent's np.random. Without a new seed, all environments would draw equal
    # numbers. Python gives its module random a new seed after each fork.
    np.random.seed()
    pid = os.getpid()
    host = None
    try:
        recipe.import_modules()
        host = EnvHost(recipe.make(), index, fields, same_step)
        answer = _pickled((describe_env(host.env, recipe), None), index)
    except PASSED_ON:
        raise
    except BaseException as error:
        _end_copy(pid)
        connection.send((None, _portable(error, index)))
        if host is not None:
            close_quietly(host.close)
        return
    with contextlib.suppress(EOFError, OSError):
        _end_copy(pid)
        connection.send_bytes(answer)
        while (request := connection.recv()) is not None:
            answer = _answer(host, request, index)
            _end_copy(pid)
            connection.send_bytes(answer)
    host.close()


def _end_copy(pid: int) -> None:
    """Ends this process if it is a copy that an environment in the process `pid` has made by os.fork."""
    if os.getpid() != pid:
        os._exit(0)


def _answer(host: EnvHost, request: tuple[str, tuple[Any, ...]], index: int) -> Any:
    method, arguments = request
    try:
        return _pickled((getattr(host, method)(*arguments), None), index)
    except PASSED_ON:
        raise
    except BaseException as error:
        return ForkingPickler.dumps((None, _portable(error, index)))


def _pickled(answer: tuple[Any, None], index: int) -> Any:
    try:
        return ForkingPickler.dumps(answer)
    except PASSED_ON:
        raise
    except BaseException as error:
        raise UnsupportedValueError(f"a result of environment {index} cannot be sent: {describe(error)}") from error


def _portable(error: BaseException, index: int) -> Exception:
    """Returns an exception of one of Gymwire's classes: perhaps an exception of another class cannot be pickled."""
    if isinstance(error, Exception) and not class_name(error):
        if isinstance(error, EnvironmentRaisedError) and error.__cause__ is not None:
            error.exception_class, error.traceback = class_name(error.__cause__), traceback_text(error.__cause__)
        return error
    failure = EnvironmentFailedError(f"environment {index} failed: {describe(error)}", index)
    failure.exception_class, failure.traceback = class_name(error), traceback_text(error)
    return failure


def die_with_parent() -> None:
    """Ends this process when the process that started it ends, even while an environment computes (but not while native
    code keeps Python's interpreter lock)."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
