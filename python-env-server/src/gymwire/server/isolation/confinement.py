# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Limits a session's process on Linux: its lifetime, its memory and its working directory."""

import contextlib
import ctypes
import os
import resource
import signal
import tempfile
from pathlib import Path

from gymwire.server.isolation.process_tree import read_processes
from gymwire.server.limits import RESERVED_PER_RESIDENT

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
# When memory runs out, the kernel prefers to end processes with this score.
_OOM_SCORE = 500
# Temporary files go to the session's directory if its path has at most this number of bytes. With a longer path, the
# path of a Unix socket in a folder there could exceed 107 bytes, the limit of Linux.
_LONGEST_DIRECTORY = 70


def die_with_parent(parent: int) -> None:
    """Makes the kernel kill this process when the process `parent`, which forked it, ends. If `parent` has several
    threads, the end of the thread that forked this process is enough. If `parent` has already ended, this process ends
    now."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def continue_after_parent() -> None:
    """Reverses `die_with_parent`."""
    _prctl(_PR_SET_PDEATHSIG, 0)


def adopt_orphans() -> None:
    """Makes this process the parent of descendants whose own parent has ended, so that all can be found and killed."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def kill_children() -> None:
    """Ends all descendants of this process."""
    while children := read_processes().children.get(os.getpid()):
        for pid in read_processes().with_descendants(os.getpid())[1:]:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        for pid in children:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def confine(directory: Path | None, memory_mib: int) -> None:
    """Prepares this process for a session. `memory_mib` is the limit of the session's resident memory. This
    process cannot reserve more private memory than RESERVED_PER_RESIDENT times this limit, even if it does not use the
    memory. The shared memory that it reserves is not limited. The front process, to which clients connect, checks the
    limit of the resident memory."""
    os.setsid()
    most = RESERVED_PER_RESIDENT * memory_mib << 20
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    # Some systems forbid a change of the score; the session works without this change.
    with contextlib.suppress(OSError):
        score = Path("/proc/self/oom_score_adj")
        score.write_text(str(max(_OOM_SCORE, int(score.read_text("ascii")))), encoding="ascii")
    if directory is not None:
        # The parent folder is a temporary folder, which the system may have deleted.
        directory.parent.mkdir(mode=0o700, exist_ok=True)
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
