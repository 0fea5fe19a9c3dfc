# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Watches the processes of sessions, and ends those that use more memory or time than the operator allows."""

import contextlib
import sys
import threading
import time

from gymwire.server.errors import LimitExceededError
from gymwire.server.isolation.process import SessionProcess
from gymwire.server.isolation.process_tree import ProcessTree, proportional_bytes, read_processes
from gymwire.server.limits import Limits

_SECONDS = 0.2
# A check of very many processes takes long. Checks may use at most this fraction of one core.
_MAX_CORE_FRACTION = 0.05


class Watch:
    """One thread checks every process up to five times a second. It checks memory only on Linux."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._processes: set[SessionProcess] = set()
        self._stopping = threading.Event()
        threading.Thread(target=self._run, name="session-watch", daemon=True).start()

    def add(self, process: SessionProcess) -> None:
        """Begins to watch a process."""
        with self._lock:
            self._processes.add(process)

    def remove(self, process: SessionProcess) -> None:
        """Stops watching a process."""
        with self._lock:
            self._processes.discard(process)

    def stop(self) -> None:
        """Stops the thread."""
        self._stopping.set()

    def _run(self) -> None:
        pause = _SECONDS
        while not self._stopping.wait(pause):
            with self._lock:
                processes = list(self._processes)
            began = time.thread_time()
            if processes:
                self._check(processes)
            pause = max(_SECONDS, (time.thread_time() - began) / _MAX_CORE_FRACTION)

    def _check(self, processes: list[SessionProcess]) -> None:
        now = time.monotonic()
        tree = ProcessTree()
        if sys.platform == "linux":
            # If no file descriptor is free, this check leaves out the memory.
            with contextlib.suppress(OSError):
                tree = read_processes()
        for process in processes:
            busy_since = process.busy_since
            if busy_since is not None and now - busy_since > self._limits.request_seconds:
                process.kill(
                    LimitExceededError(
                        f"a request took longer than the {self._limits.request_seconds:g} s that the server allows, so "
                        "the session was ended; start the server with a higher --request-seconds if requests need more"
                    )
                )
            elif (mib := self._resident_mib(tree, process.pid)) > self._limits.session_memory_mib:
                process.kill(
                    LimitExceededError(
                        f"the session was ended because it used {mib} MiB of memory, but the server allows "
                        f"{self._limits.session_memory_mib} MiB; start the server with a higher --session-memory if "
                        "the environments need more"
                    )
                )

    def _resident_mib(self, tree: ProcessTree, pid: int) -> int:
        """Returns the memory of a session's process and its descendants, in MiB."""
        pids = tree.with_descendants(pid)
        resident = sum(tree.resident.get(each, 0) for each in pids) >> 20
        if resident <= self._limits.session_memory_mib:
            return resident
        # `resident` counts shared memory once for each process. `proportional_bytes` divides shared memory among the
        # processes that share it. It takes longer, so it is called only if `resident` exceeds the limit.
        with contextlib.suppress(FileNotFoundError):
            return sum(proportional_bytes(each) for each in pids) >> 20
        return resident
