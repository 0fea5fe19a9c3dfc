# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Gymnasium environments that run in a Gymwire server, perhaps on another machine.

`RemoteEnv` is a `gymnasium.Env`, `RemoteVectorEnv` a `gymnasium.vector.VectorEnv`; whatever works with those works with
them::

    from gymwire.client import RemoteEnv, RemoteVectorEnv

    env = RemoteEnv("Hopper-v5", address="127.0.0.1:5005", render_mode="rgb_array", ctrl_cost_weight=0.01)
    observation, info = env.reset(seed=0)
    observation, reward, terminated, truncated, info = env.step(env.action_space.sample())
    env.close()

    envs = RemoteVectorEnv("HalfCheetah-v5", num_envs=8, address="unix:/run/user/1000/gymwire.sock")

Observations, rewards and infos have the values and types that the environment gave them in the server. What cannot
cross the wire, or does so differently, is listed in proto/README.md. The main points:

- An action must lie in the action space. It is converted to the space's dtype as numpy converts "same_kind".
- ``np_random`` lives in the server. ``np_random_seed`` is its seed, given or drawn, as of the last reset, and
  ``RemoteEnv.np_random`` is a generator of the client's own with the same seed.
- ``infos=False`` or ``infos=["x_position"]`` leaves infos in the server. Those that cannot travel, such as an enum or a
  datetime, are left out with a warning.
- An environment's attributes are reached by ``call``, ``get_attr`` and ``set_attr``, if the operator allows it.
- ``snapshot()`` (of a vector: ``snapshots()``) returns the whole state as bytes, ``restore()`` goes on from it bit for
  bit. Pickling and copying an environment use them.

A broken connection is restored, and the request under way repeated under its number, so that no action is applied
twice. Failures raise what Gymnasium or the environment would have raised, with a `RemoteError` as the ``__cause__``.
"""

# First, because it prepares gRPC before anything imports it.
import gymwire.client._forks  # noqa: F401
from gymwire.client.connection import Credentials
from gymwire.client.env import RemoteEnv
from gymwire.client.errors import InvalidActionError, RemoteError, RemoteTimeoutError
from gymwire.client.vector import RemoteVectorEnv

__all__ = [
    "Credentials",
    "InvalidActionError",
    "RemoteEnv",
    "RemoteError",
    "RemoteTimeoutError",
    "RemoteVectorEnv",
]
