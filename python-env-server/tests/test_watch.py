# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The thread that enforces the limits of sessions' processes."""

import os
import threading
import time
from typing import Any

import pytest

from gymwire.server.isolation import watch
from gymwire.server.limits import Limits


class Busy:
    """A session's process that began a request long ago."""

    pid = os.getpid()

    def __init__(self) -> None:
        self.busy_since: float | None = time.monotonic() - 100
        self.killed = threading.Event()

    def kill(self, error: Exception) -> None:
        assert "a request took longer than" in str(error)
        self.killed.set()


def test_the_time_limit_of_requests_holds_also_if_no_process_can_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError("Too many open files")

    monkeypatch.setattr(watch, "read_processes", fail)
    watching = watch.Watch(Limits(request_seconds=10))
    process: Any = Busy()
    watching.add(process)
    assert process.killed.wait(30)
    watching.stop()
