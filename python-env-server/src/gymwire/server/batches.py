# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A session's batched observations and actions on the wire."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Space, Tuple

from gymwire.codec import decode_array, decode_sample, encode_value
from gymwire.codec.dtypes import wire_dtype
from gymwire.server.env_host import is_array_space
from gymwire.server.errors import InvalidRequestError
from gymwire.server.worker import Worker
from gymwire.v1 import value_pb2


class ObservationWriter:
    """Writes batched observations: one packed array where the space allows it, else Dicts and tuples of those."""

    def __init__(self, worker: Worker) -> None:
        space = worker.observation_space
        self._is_array = is_array_space(worker.single_observation_space)
        if self._is_array:
            assert space.dtype is not None
            assert space.shape is not None
            self._dtype = wire_dtype(space.dtype)
            self._shape = space.shape

    def write(self, observations: Any) -> value_pb2.Value:
        """Returns the message; it keeps nothing of the observations."""
        if self._is_array:
            return value_pb2.Value(
                array=value_pb2.NdArray(dtype=self._dtype, shape=self._shape, data=observations.tobytes())
            )
        return encode_value(observations)


class ActionReader:
    """Reads a step's actions and checks them against the action space, before any environment moves."""

    def __init__(self, worker: Worker) -> None:
        single, batched = worker.single_action_space, worker.action_space
        self._n = worker.num_envs
        self._single, self._batched = single, batched
        self._dtype, self._shape = batched.dtype, batched.shape
        self._is_array = True
        if isinstance(single, Box):
            self._low, self._high = single.low, single.high  # [*shape], one environment's
        elif isinstance(single, Discrete):
            self._low, self._high = np.asarray(single.start), np.asarray(single.start + (single.n - 1))
        elif isinstance(single, MultiDiscrete):
            self._low, self._high = single.start, single.start + (single.nvec - 1)
        elif isinstance(single, MultiBinary):
            self._low, self._high = np.asarray(0), np.asarray(1)
        else:
            self._is_array = False

    def read(self, value: value_pb2.Value) -> Sequence[Any] | npt.NDArray[Any]:
        """Returns n actions; InvalidRequestError names the environment and the value that do not fit."""
        return self._read_array(value) if self._is_array else self._read_samples(value)

    def _read_array(self, value: value_pb2.Value) -> npt.NDArray[Any]:
        kind = value.WhichOneof("kind")
        if kind != "array":
            raise InvalidRequestError(f"actions must be one array, but the kind {kind or 'none set'} came")
        received = decode_array(value.array)
        if received.dtype != self._dtype or received.shape != self._shape:
            raise InvalidRequestError(
                f"actions must be {self._dtype} of shape {list(self._shape or ())}, "
                f"but {received.dtype} of shape {list(received.shape)} came"
            )
        # A NaN compares false with both bounds.
        inside = (received >= self._low) & (received <= self._high)
        if not inside.all():
            self._refuse(received, inside)
        # Environments may write into their action; the message's bytes are read-only.
        return received.copy()

    def _refuse(self, received: npt.NDArray[Any], inside: npt.NDArray[np.bool_]) -> None:
        index = tuple(int(k) for k in np.argwhere(~inside)[0])
        env_index, element = index[0], index[1:]
        low = np.broadcast_to(self._low, received.shape[1:])[element]
        high = np.broadcast_to(self._high, received.shape[1:])[element]
        place = f" at {list(element)}" if element else ""
        raise InvalidRequestError(
            f"the action of environment {env_index} is {received[index]}{place}, "
            f"but must lie between {low} and {high}; no environment was stepped",
            env_index,
        )

    def _read_samples(self, value: value_pb2.Value) -> list[Any]:
        # What is decoded is a copy, which environments may write into.
        batch = decode_sample(self._batched, value)
        actions = unbatch(self._single, batch, self._n)
        for i, action in enumerate(actions):
            if not _contains(self._single, action):
                text = repr(action)
                raise InvalidRequestError(
                    f"the action of environment {i} is {text if len(text) <= 200 else text[:197] + '...'}, "
                    f"but must be in {self._single}; no environment was stepped",
                    i,
                )
        return actions


def unbatch(single: Space[Any], batch: Any, n: int) -> list[Any]:
    """Returns the n samples of a batch that Gymnasium's rules made; `single` is the space of one."""
    if isinstance(single, Dict):
        columns = {key: unbatch(space, batch[key], n) for key, space in single.spaces.items()}
        return [{key: column[i] for key, column in columns.items()} for i in range(n)]
    if isinstance(single, Tuple):
        rows = [unbatch(space, batch[j], n) for j, space in enumerate(single.spaces)]
        return [tuple(row[i] for row in rows) for i in range(n)]
    return list(batch)


def _contains(space: Space[Any], action: Any) -> bool:
    try:
        return space.contains(action)
    # Gymnasium cannot take the stacked form of an empty Dict apart.
    except (TypeError, ValueError):
        return False
