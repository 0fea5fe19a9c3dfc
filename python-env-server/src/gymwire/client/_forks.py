# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Prepares gRPC for forks of a process that uses gRPC. `AsyncVectorEnv` makes such forks on Linux. From Python 3.14 on,
it does not make them by default.

This module sets the variable GRPC_ENABLE_FORK_SUPPORT, unless the user has set it. gRPC reads the variable when gRPC is
imported, so this module must be imported before gRPC. Without the variable, some child processes fail or hang. In
addition, the client ends its idle streams before a fork, and opens them again in the parent process after the fork.
"""

import os
import sys
import warnings

_VARIABLE = "GRPC_ENABLE_FORK_SUPPORT"

_IMPORTED_TOO_EARLY = "grpc" in sys.modules
if not _IMPORTED_TOO_EARLY:
    os.environ.setdefault(_VARIABLE, "1")
_SUPPORTS_FORKS = os.environ.get(_VARIABLE, "").lower() in ("1", "yes", "true")

_first_pid: int | None = None


def warn_of_fork() -> None:
    """Warns if two things are true: this process was forked from a process that had connections, and gRPC does not
    support forks."""
    global _first_pid
    _first_pid = _first_pid or os.getpid()
    if _first_pid != os.getpid() and not _SUPPORTS_FORKS:
        cause, remedy = (
            ("was imported before gymwire.client", "import gymwire.client first")
            if _IMPORTED_TOO_EARLY
            else (f"found {_VARIABLE}={os.environ.get(_VARIABLE)}", "set it to 1")
        )
        warnings.warn(
            f"this process was forked from one that uses gRPC, and calls may fail or hang because gRPC {cause}; "
            f'{remedy}, or start processes another way, e.g. AsyncVectorEnv(..., context="forkserver")',
            RuntimeWarning,
            stacklevel=2,
        )
