# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""How multiprocessing starts new Python interpreters."""

import contextlib
import os
import sys
import threading
from collections.abc import Iterator

_LOCK = threading.Lock()
_VARIABLE = "PYTHONSAFEPATH"
# Python accepts each value. This one shows that the server has set the variable, and not the user.
_VALUE = "gymwire"


@contextlib.contextmanager
def without_working_directory() -> Iterator[None]:
    """Inside this context, new interpreters do not import modules from the working directory. This directory may be a
    user's: its random.py would replace Python's module. The code of a new interpreter must call `started_safely`.

    Python 3.10 does not know the variable. There, the whole process works in the root directory inside this context."""
    with _LOCK:
        if sys.version_info < (3, 11):
            directory = os.getcwd()
            os.chdir(os.path.abspath(os.sep))
            try:
                yield
            finally:
                os.chdir(directory)
        elif sys.flags.safe_path:
            yield
        else:
            os.environ[_VARIABLE] = _VALUE
            try:
                yield
            finally:
                del os.environ[_VARIABLE]


def started_safely() -> None:
    """Removes the variable in the new process, because programs that an environment starts should not get it."""
    if os.environ.get(_VARIABLE) == _VALUE:
        del os.environ[_VARIABLE]
