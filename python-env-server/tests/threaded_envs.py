# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Starts a thread when it is imported, as some libraries do. Load with ``--import threaded_envs``."""

import threading
import time
from typing import Any

import gymnasium
from faulty_envs import Observation, WellBehaved

_LOCK = threading.Lock()


def _work() -> None:
    # The thread nearly always holds the lock. A process forked meanwhile has the locked lock but not the thread.
    while True:
        with _LOCK:
            time.sleep(0.02)
        time.sleep(0.002)


class Threaded(WellBehaved):
    """Needs in each step the lock that the thread uses."""

    def step(self, action: Any) -> tuple[Observation, Any, bool, bool, dict[str, Any]]:
        with _LOCK:
            return super().step(action)


threading.Thread(target=_work, daemon=True).start()
gymnasium.register("Threaded/Threaded-v0", f"{__name__}:Threaded")
