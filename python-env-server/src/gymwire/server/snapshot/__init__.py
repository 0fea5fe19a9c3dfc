# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Saves the state of environments as typed values and restores it, in the same environments or in others. No state is
pickled.

The module ``parts`` saves the parts of a state, such as an attribute or a random generator. ``physics`` saves the state
of a MuJoCo simulation. ``registered`` saves the state that `register_state` declares, and ``sharing`` finds objects
that two attributes share. ``known`` lists the classes whose state can be saved, with the parts of each state.
``sampling`` saves the random generators of spaces. ``layers`` saves one environment with its wrappers. ``envelope``
packs the result into one ``Value``. ``vector`` saves all environments of a session. Each module also restores what it
saves.
"""

from gymwire.server.snapshot.known import register_state
from gymwire.server.snapshot.vector import restore_worker, take_worker

__all__ = ["register_state", "restore_worker", "take_worker"]
