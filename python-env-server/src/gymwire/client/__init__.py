# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Gymnasium environments that run in a Gymwire server, perhaps on another machine.

`RemoteEnv` is a `gymnasium.Env`, and `RemoteVectorEnv` is a `gymnasium.vector.VectorEnv`. Code that works with
Gymnasium's classes works with these::

    from gymwire.client import RemoteEnv, RemoteVectorEnv

    env = RemoteEnv("Hopper-v5", address="127.0.0.1:50051", render_mode="rgb_array", ctrl_cost_weight=0.01)
    observation, info = env.reset(seed=0)
    observation, reward, terminated, truncated, info = env.step(env.action_space.sample())
    env.close()

    envs = RemoteVectorEnv("HalfCheetah-v5", num_envs=8, address="unix:/run/user/1000/gymwire.sock")

Observations, rewards and infos have the same values and types as those of a local environment or vector.
proto/README.md lists what cannot be sent and what arrives differently. The main points:

- An action must lie in the action space. The client converts it to the space's dtype by numpy's rule "same_kind". An
  action of integers may have any integer dtype.
- The environment's random generator ``np_random`` is in the server. ``np_random_seed`` is the generator's seed at the
  last reset or restore, given by the caller or drawn by Gymnasium. ``RemoteEnv.np_random`` is the client's own
  generator with the same seed.
- ``infos=False`` asks for no infos, ``infos=["x_position"]`` only for the infos with these keys. Infos that cannot be
  sent, such as an enum or a datetime, are omitted with a warning.
- ``call``, ``get_attr`` and ``set_attr`` use an environment's methods and attributes, if the server's operator allows
  it. ``RemoteEnv.get_wrapper_attr`` finds both: for a method in the server, it returns a function that calls the
  method.
- ``snapshot()`` (in `RemoteVectorEnv`: ``snapshots()``) returns the whole state as bytes, and ``restore()`` continues
  from it bit for bit. Pickling and copying use these methods.

If the connection breaks, the client connects again and repeats the request under way. Each reset, step and restore has
a number, by which the server recognises a repeated request. So no action is applied twice. Four requests are not
repeated: Make, Close, the call of a method, and a render in a mode that ends with ``_list``. If the connection breaks,
each of them except Close raises a ConnectionError.

A failure in the server raises the exception that Gymnasium or the environment would raise if the environment ran in the
client's process. The exception's ``__cause__`` is a `RemoteError`. If no exception of Python or Gymnasium fits, the
`RemoteError` itself is raised.
"""

# This import comes first, because it prepares gRPC before the other modules of this package import gRPC.
import gymwire.client._forks  # noqa: F401
from gymwire.client.credentials import Credentials
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
