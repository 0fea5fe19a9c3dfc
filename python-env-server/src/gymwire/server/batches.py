# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Encodes a session's batched observations and decodes its batched actions."""

import contextlib
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Space, Tuple

from gymwire.codec import decode_array, decode_sample, encode_value
from gymwire.codec.dtypes import numpy_dtype, wire_dtype
from gymwire.server.env_host import is_array_space
from gymwire.server.errors import InvalidRequestError
from gymwire.server.worker import Worker
from gymwire.v1 import value_pb2

_CONTAINS = (Box.contains, Discrete.contains, MultiDiscrete.contains, MultiBinary.contains)


class ObservationWriter:
    """Writes a session's last observations into a message: one packed array if the space allows it, else the value into
    which Gymnasium batches them, for example a dict of arrays. `Worker` is the server's class for a session's
    environments."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._is_array = is_array_space(worker.single_observation_space)
        if self._is_array:
            space = worker.observation_space
            assert space.dtype is not None
            assert space.shape is not None
            wire = wire_dtype(space.dtype)
            assert wire is not None
            self._header = value_pb2.NdArray(dtype=wire, shape=space.shape)
            self._dtype = numpy_dtype(wire)
            self._row_shape = space.shape[1:]

    def write(self, message: value_pb2.Value) -> None:
        """Fills an empty message."""
        if self._is_array:
            message.array.CopyFrom(self._header)
            message.array.data = self._pack()
        else:
            message.CopyFrom(encode_value(self._worker.batch_observations()))

    def _pack(self) -> bytes:
        rows, dtype, shape = self._worker.last_observations, self._dtype, self._row_shape
        if all(type(row) is np.ndarray and row.dtype == dtype and row.shape == shape for row in rows):
            # join raises TypeError for rows that are not contiguous.
            with contextlib.suppress(TypeError):
                return b"".join(rows)
        batch: npt.NDArray[Any] = self._worker.batch_observations()
        return batch.astype(dtype, copy=False).tobytes()


class ActionReader:
    """Reads a step's actions and checks them against the action space, before any environment steps."""

    def __init__(self, worker: Worker) -> None:
        single, batched = worker.single_action_space, worker.action_space
        self._n = worker.num_envs
        self._single, self._batched = single, batched
        self._is_array = is_array_space(single)
        self._is_discrete = isinstance(single, Discrete)
        if self._is_array:
            assert batched.dtype is not None
            assert batched.shape is not None
            wire = wire_dtype(batched.dtype)
            assert wire is not None
            self._wire, self._dtype, self._shape = wire, numpy_dtype(wire), batched.shape
            self._is_bool = batched.dtype == np.bool_
            self._lengths = list(batched.shape)
            self._size = math.prod(batched.shape) * batched.dtype.itemsize  # bytes
            self._low, self._high = _bounds(single, batched.shape)
            # An environment's author can derive a class from a space of Gymnasium, and add rules to `contains`.
            self._has_own_rules = type(single).contains not in _CONTAINS

    def read(self, value: value_pb2.Value) -> Sequence[Any] | npt.NDArray[Any]:
        """Returns one action for each environment. Raises ValueError for actions of the wrong type or shape. Raises
        InvalidRequestError, a subclass, for an action outside its space; this error names the environment."""
        return self._read_array(value) if self._is_array else self._read_samples(value)

    def _read_array(self, value: value_pb2.Value) -> npt.NDArray[Any]:
        array = value.array
        data = array.data
        if array.dtype != self._wire or array.shape != self._lengths or len(data) != self._size or self._is_bool:
            self._check_array(value)
        # The array is a copy: environments may write into their actions, and the message's bytes are read-only.
        received: npt.NDArray[Any] = np.ndarray(self._shape, self._dtype, bytearray(data))
        if not self._all_inside(received):
            self._refuse(received, (received >= self._low) & (received <= self._high))
        if self._has_own_rules:
            self._check_each(list(received))
        return received

    def _check_array(self, value: value_pb2.Value) -> None:
        kind = value.WhichOneof("kind")
        if kind != "array":
            raise InvalidRequestError(f"actions must be one array; got {f'the kind {kind}' if kind else 'no value'}")
        received = decode_array(value.array)
        if received.dtype != self._dtype or received.shape != self._shape:
            raise InvalidRequestError(
                f"actions must be {self._dtype} of shape {list(self._shape)}; "
                f"got {received.dtype} of shape {list(received.shape)}"
            )

    def _all_inside(self, received: npt.NDArray[Any]) -> bool:
        if self._is_discrete:
            numbers = received.tolist()
            return min(numbers) >= self._low and max(numbers) <= self._high
        # A NaN compares false with both bounds. False is the byte 0. On a small array, the search for this byte is
        # faster than all().
        return b"\0" not in ((received >= self._low) & (received <= self._high)).tobytes()

    def _refuse(self, received: npt.NDArray[Any], inside: npt.NDArray[np.bool_]) -> None:
        index = tuple(int(k) for k in np.argwhere(~inside)[0])
        env_index, element = index[0], index[1:]
        low, high = (self._low, self._high) if self._is_discrete else (self._low[index], self._high[index])
        place = f" at {list(element)}" if element else ""
        raise InvalidRequestError(
            f"the action of environment {env_index} is {received[index]}{place}, "
            f"but must lie between {low} and {high}; no environment was stepped",
            env_index,
        )

    def _read_samples(self, value: value_pb2.Value) -> list[Any]:
        # The decoded batch is a copy, so environments may write into it.
        batch = decode_sample(self._batched, value)
        actions = unbatch(self._single, batch, self._n)
        self._check_each(actions)
        return actions

    def _check_each(self, actions: Sequence[Any]) -> None:
        for i, action in enumerate(actions):
            if not _contains(self._single, action):
                text = repr(action)
                raise InvalidRequestError(
                    f"the action of environment {i} is {text if len(text) <= 200 else text[:197] + '...'}, "
                    f"but must be in {self._single}; no environment was stepped",
                    i,
                )


def _bounds(single: Space[Any], shape: tuple[int, ...]) -> tuple[Any, Any]:
    """Returns the least and the greatest number that each element of a batch may be: two arrays [*shape], or two
    numbers for Discrete."""
    if isinstance(single, Discrete):
        return int(single.start), int(single.start + (single.n - 1))
    if isinstance(single, Box):
        low, high = single.low, single.high
    elif isinstance(single, MultiDiscrete):
        low, high = single.start, single.start + (single.nvec - 1)
    else:
        low, high = np.asarray(0), np.asarray(1)
    return np.broadcast_to(low, shape).copy(), np.broadcast_to(high, shape).copy()


def unbatch(single: Space[Any], batch: Any, n: int) -> list[Any]:
    """Returns the n samples of a batch that was made by Gymnasium's rules; `single` is the space of one sample."""
    if isinstance(single, Dict):
        columns = {key: unbatch(space, batch[key], n) for key, space in single.spaces.items()}
        return [{key: column[i] for key, column in columns.items()} for i in range(n)]
    if isinstance(single, Tuple):
        rows = [unbatch(space, batch[j], n) for j, space in enumerate(single.spaces)]
        return [tuple(row[i] for row in rows) for i in range(n)]
    return list(batch)


def _contains(space: Space[Any], action: Any) -> bool:
    try:
        # The rules of an author's class may expect an int of Python.
        return space.contains(action) or (isinstance(action, np.integer) and space.contains(int(action)))
    # For a sample of a stacked Sequence of empty Dicts, Gymnasium raises an exception: it cannot split the sample.
    except (TypeError, ValueError):
        return False
