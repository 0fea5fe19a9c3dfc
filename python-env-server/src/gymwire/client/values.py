# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Encodes actions as messages."""

from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Space, Tuple
from gymnasium.vector.utils import concatenate, create_empty_array

from gymwire.client.errors import InvalidActionError
from gymwire.codec import UnsupportedValueError, encode_array, encode_sample
from gymwire.codec.values import check_unmasked
from gymwire.v1 import value_pb2

_ARRAY_SPACES = (Box, Discrete, MultiBinary, MultiDiscrete)


def encode_action(space: Space[Any], batched: Space[Any], action: Any) -> value_pb2.Value:
    """Returns the message for one action, as a batch of one. The session has one environment, and `batched` is the
    session's action space."""
    if isinstance(space, _ARRAY_SPACES):
        return value_pb2.Value(array=encode_array(_as_dtype(space, action)[np.newaxis]))
    try:
        check_unmasked(action)
        empty: Any = create_empty_array(space, 1)
        return encode_sample(batched, concatenate(space, (_converted(space, action),), empty))
    except UnsupportedValueError as error:
        raise _cannot_be_sent(error) from error
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise _misfit(space, action) from error


def encode_actions(batched: Space[Any], actions: Any) -> value_pb2.Value:
    """Returns the message for the actions of a session. `batched` is the session's action space."""
    if isinstance(batched, _ARRAY_SPACES):
        return value_pb2.Value(array=encode_array(_as_dtype(batched, actions)))
    try:
        return encode_sample(batched, _converted(batched, actions))
    except UnsupportedValueError as error:
        raise _cannot_be_sent(error) from error
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise _misfit(batched, actions) from error


def _converted(space: Space[Any], action: Any) -> Any:
    """Returns an action with the dtypes of its space. The parts of the action that belong to spaces in
    _ARRAY_SPACES are converted, also inside a Dict or Tuple. Other parts, for example those of a Sequence, stay as they
    are. Raises InvalidActionError if an array cannot be converted. Also raises it if a dict has other keys than its
    space, or if a tuple or list has another length than its space, because Gymnasium ignores extra parts when it
    batches actions."""
    if isinstance(space, _ARRAY_SPACES):
        return _as_dtype(space, action)
    if isinstance(space, Dict):
        if not isinstance(action, dict) or action.keys() != space.spaces.keys():
            raise _misfit(space, action)
        return {key: _converted(inner, action[key]) for key, inner in space.spaces.items()}
    if isinstance(space, Tuple):
        if not isinstance(action, (tuple, list)) or len(action) != len(space.spaces):
            raise _misfit(space, action)
        return tuple(_converted(inner, part) for inner, part in zip(space.spaces, action, strict=True))
    return action


def _as_dtype(space: Space[Any], action: Any) -> npt.NDArray[Any]:
    dtype = space.dtype
    assert dtype is not None
    try:
        check_unmasked(action)
        array = np.asarray(action)
        integers = array.dtype.kind in "iu" and dtype.kind in "iu"
        with np.errstate(over="ignore"):
            converted = array.astype(dtype, casting="unsafe" if integers else "same_kind", copy=False)
    except UnsupportedValueError as error:
        raise _cannot_be_sent(error) from error
    except (TypeError, ValueError) as error:
        raise _misfit(space, action) from error
    if integers and (converted != array).any():
        raise _misfit(space, action)
    return converted


def _misfit(space: Space[Any], action: Any) -> InvalidActionError:
    return InvalidActionError(f"the action {action!r} (type {type(action).__name__}) does not lie in {space}")


def _cannot_be_sent(error: UnsupportedValueError) -> InvalidActionError:
    return InvalidActionError(f"the action cannot be sent: {error}")
