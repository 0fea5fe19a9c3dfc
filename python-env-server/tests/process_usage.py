# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The threads, descriptors and memory of processes, read from Linux's /proc."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Usage(NamedTuple):
    """The resources of one process, without its children."""

    threads: int
    descriptors: int
    resident_mib: float


def usage(pid: int) -> Usage:
    """Returns the resources that a process has now."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    descriptors = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Usage(int(status["Threads"]), descriptors, int(status["VmRSS"].split()[0]) / 1024)


def descendants(pid: int) -> list[int]:
    """Returns the ids of the living descendants of a process."""
    children: dict[int, list[int]] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        # The program's name is in brackets and can contain any character. The state and the parent's id follow.
        state, parent = (_read(file).rpartition(")")[2].split() or ["Z", "0"])[:2]
        if state != "Z":
            children.setdefault(int(parent), []).append(int(file.parent.name))
    found: list[int] = []
    left = list(children.get(pid, []))
    while left:
        found.append(left.pop())
        left.extend(children.get(found[-1], []))
    return found


def environments(pid: int) -> list[int]:
    """Returns the ids of the processes that each run one environment of a session with VECTORIZATION_ASYNC. The fork
    servers of multiprocessing have started these processes."""
    starters = [each for each in descendants(pid) if b"multiprocessing.forkserver" in _command(each)]
    children = {child for starter in starters for child in descendants(starter)}
    return sorted(children)


def is_running(pid: int) -> bool:
    """Returns whether a process runs. A process that has ended does not run, even if its parent has not waited for
    it."""
    return _command(pid) != b""


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    # The process has ended meanwhile.
    except OSError:
        return b""


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Waits until the condition is true; returns whether it is true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _read(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    # The process has ended meanwhile.
    except OSError:
        return ""
