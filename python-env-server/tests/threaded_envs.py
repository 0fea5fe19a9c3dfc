# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""This module starts a thread when it is imported, as some libraries do. Load it with ``--import threaded_envs``."""

import threading
import time
from typing import Any

import gymnasium
from faulty_envs import Observation, WellBehaved

_LOCK = threading.Lock()


def _work() -> None:
    # The thread holds the lock nearly all the time. If the process is forked while the thread holds the lock, the lock
    # is locked in the new process too, but no thread of the new process unlocks it.
    while True:
        with _LOCK:
            time.sleep(0.02)
        time.sleep(0.002)


class Threaded(WellBehaved):
    """In each step, takes the lock that the thread also takes."""

    def step(self, action: Any) -> tuple[Observation, Any, bool, bool, dict[str, Any]]:
        with _LOCK:
            return super().step(action)


threading.Thread(target=_work, daemon=True).start()
gymnasium.register("Threaded/Threaded-v0", f"{__name__}:Threaded")
