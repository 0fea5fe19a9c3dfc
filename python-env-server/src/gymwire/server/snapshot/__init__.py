# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Saves the state of environments as typed values and restores it in other environments. Nothing is ever pickled.

``parts`` has the kinds of state. ``known`` lists the classes and their kinds. ``layers`` goes through one environment's
wrappers. ``envelope`` packs one environment's state into one ``Value``. ``vector`` saves and restores all environments
of a session's worker.
"""

from gymwire.server.snapshot.known import register_state
from gymwire.server.snapshot.vector import restore_worker, take_worker

__all__ = ["register_state", "restore_worker", "take_worker"]
