# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A wrapper with steps that take time but no processor time, like the steps of robots and remote simulators.
To train with this wrapper:

``PYTHONPATH=python-env-server/bench ./gymwire train HalfCheetah-v5 --import sleepy --wrapper sleepy:Sleep``
"""

import time
from typing import Any

import gymnasium


class Sleep(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Sleeps before each step."""

    def __init__(self, env: gymnasium.Env[Any, Any], seconds: float = 0.002) -> None:
        super().__init__(env)
        self._seconds = seconds

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Sleeps, then steps."""
        time.sleep(self._seconds)
        return self.env.step(action)
