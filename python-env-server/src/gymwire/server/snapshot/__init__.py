# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Takes the state of environments down as typed values and puts it into others. Nothing is ever pickled.

``parts`` knows the kinds of state, ``known`` which classes have which, ``layers`` walks through one environment's
wrappers, ``envelope`` packs a session's state into one ``Value``, and ``vector`` does it all for a session's worker.
"""

from gymwire.server.snapshot.known import register_state
from gymwire.server.snapshot.vector import restore_worker, take_worker

__all__ = ["register_state", "restore_worker", "take_worker"]
