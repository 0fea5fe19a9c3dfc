# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Environments with calls that Python allows only on the main thread, or only on one thread. Load them
with ``--import main_thread_envs``."""

import asyncio
import signal
import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

import gymnasium
from faulty_envs import Observation, WellBehaved

_Step = tuple[Observation, Any, bool, bool, dict[str, Any]]


class LivesOnOneThread(WellBehaved):
    """Stores its steps in a database. Only the thread that opened the database may use it."""

    alarms = 0  # Counts the alarms of all environments together, because a signal has only one handler.

    def __init__(self, note: str) -> None:
        super().__init__()
        assert threading.current_thread() is threading.main_thread()
        self._note = note
        self._loop = asyncio.get_event_loop() if sys.version_info < (3, 14) else asyncio.new_event_loop()
        self._old = signal.signal(signal.SIGALRM, self._on_alarm)
        self._database = sqlite3.connect(":memory:")
        self._database.execute("CREATE TABLE steps (number INTEGER)")

    def step(self, action: Any) -> _Step:
        observation, _, terminated, truncated, info = super().step(action)
        self._loop.run_until_complete(asyncio.sleep(0))
        before = LivesOnOneThread.alarms
        signal.raise_signal(signal.SIGALRM)
        assert LivesOnOneThread.alarms == before + 1
        self._database.execute("INSERT INTO steps VALUES (1)")
        (count,) = self._database.execute("SELECT count(*) FROM steps").fetchone()
        return observation, float(count), terminated, truncated, info

    def close(self) -> None:
        self._database.close()
        signal.signal(signal.SIGALRM, self._old)
        Path(self._note).write_text("closed where it was made", encoding="utf-8")

    def _on_alarm(self, *_: object) -> None:
        LivesOnOneThread.alarms += 1


class TakesSignals(WellBehaved):
    """Removes the file descriptor to which the interpreter writes a byte for each signal. So a signal no longer
    sends the byte that wakes the server."""

    def __init__(self) -> None:
        super().__init__()
        signal.set_wakeup_fd(-1)


for _kind in (LivesOnOneThread, TakesSignals):
    gymnasium.register(f"MainThread/{_kind.__name__}-v0", f"{__name__}:{_kind.__name__}")
