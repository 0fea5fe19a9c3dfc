# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Registers classes of other modules, which do not import this module. Declares the state of one of these classes. Load
it with ``--import other_ids``."""

import gymnasium
from faulty_envs import WellBehaved

from gymwire.server.snapshot import register_state

register_state(WellBehaved, "_steps", "_position")
gymnasium.register("Other/Walk-v0", "faulty_envs:WellBehaved")
gymnasium.register("Other/Nested-v0", "odd_envs:Nested")
