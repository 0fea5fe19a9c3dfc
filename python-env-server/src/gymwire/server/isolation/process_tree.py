# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Reads the processes of this machine from Linux's /proc, with the parent and the memory of each process."""

import contextlib
import os
from dataclasses import dataclass, field

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096

_PARTS = "/proc/{}/smaps_rollup"
_COUNTS_PARTS = os.path.exists(_PARTS.format("self"))


@dataclass
class ProcessTree:
    """The processes at one moment."""

    children: dict[int, list[int]] = field(default_factory=dict)
    resident: dict[int, int] = field(default_factory=dict)
    """The resident memory of each process in bytes, including memory that it shares with other processes."""

    def with_descendants(self, pid: int) -> list[int]:
        """Returns a process and all its descendants."""
        found = [pid]
        for each in found:
            found += self.children.get(each, ())
        return found


def read_processes() -> ProcessTree:
    """Returns all processes that run now."""
    tree = ProcessTree()
    for name in os.listdir("/proc"):
        if name.isdecimal():
            # The process may have ended in the meantime.
            with contextlib.suppress(OSError):
                _add(tree, int(name))
    return tree


def proportional_bytes(pid: int) -> int:
    """Returns the memory of a process in bytes; memory that n processes share counts as 1/n for each. Returns 0 if the
    process has ended, or if there is no permission to read this number. Raises FileNotFoundError if the kernel does not
    report this number."""
    if not _COUNTS_PARTS:
        raise FileNotFoundError(_PARTS.format("self"))
    with contextlib.suppress(OSError), open(_PARTS.format(pid), "rb") as rollup:
        for line in rollup:
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) << 10
    return 0


def _add(tree: ProcessTree, pid: int) -> None:
    file = os.open(f"/proc/{pid}/stat", os.O_RDONLY)
    try:
        stat = os.read(file, 4096)
    finally:
        os.close(file)
    # The process's name is in parentheses, and may itself contain parentheses. The fields after the name contain none,
    # so the last parenthesis ends the name. In the numbering of proc(5), the list `fields` begins with field 3. Field 4
    # is the parent, and field 24 is the number of pages in memory.
    fields = stat[stat.rindex(b")") + 2 :].split(None, 22)
    tree.children.setdefault(int(fields[1]), []).append(pid)
    tree.resident[pid] = int(fields[21]) * _PAGE_BYTES
