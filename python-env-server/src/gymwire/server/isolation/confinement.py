# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""What a session's process is bound to on Linux: its end, its memory, its working directory."""

import contextlib
import ctypes
import os
import resource
import signal
import tempfile
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
# The kernel ends such a process before others when memory runs out.
_OOM_SCORE = 500
# Temporary files go to a session's directory, unless its path leaves no room for that of a Unix socket in a folder
# there, which has at most 107 bytes.
_LONGEST_DIRECTORY = 70


def die_with_parent(parent: int) -> None:
    """Has the kernel kill this process when the process `parent`, which forked it, ends."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Makes this process the parent of descendants whose own parent has ended, so that none can get away."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def confine(directory: Path | None, memory_mib: int) -> None:
    """Sets this process up for a session. No single allocation may be larger than twice the session's memory."""
    os.setsid()
    most = 2 * memory_mib << 20
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    # Not allowed everywhere, and only a help.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(_OOM_SCORE), encoding="ascii")
    if directory is not None:
        directory.mkdir(mode=0o700)
        os.chdir(directory)
        if len(os.fsencode(directory)) <= _LONGEST_DIRECTORY:
            os.environ["TMPDIR"] = str(directory)
            tempfile.tempdir = None


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"prctl({option}, {value}) failed: {os.strerror(error)}")
