# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Packs one environment's state into a ``Value``, together with facts about its session and about the server's software
and machine, and with a digest."""

import hashlib
from typing import Any, NamedTuple

import numpy as np
from gymnasium.spaces import Box, Dict, Sequence, Space, Tuple

from gymwire.codec import UnsupportedValueError, decode_value, encode_value
from gymwire.server.errors import SnapshotUnsupportedError, WrongStateError
from gymwire.server.fingerprint import essentials
from gymwire.server.snapshot.parts import check_keys, differ, is_real, own
from gymwire.v1 import value_pb2

# This name changes when the content changes so much that an older server cannot read it.
_FORMAT = "gymwire.snapshot.2"
_KEYS = ("format", "made_by", "session", "observation", "ended", "environment", "sha256")


class SessionIdentity(NamedTuple):
    """These values must be the same in the session of a snapshot and in the session that restores the snapshot.
    The classes and settings of the environments and their wrappers must be the same too; `check_state` in the module
    layers.py compares them."""

    env_id: str
    autoreset_mode: str


class SavedEnvironment(NamedTuple):
    """The state of an environment, its last observation, and whether its episode has ended."""

    observation: Any  # the last observation
    ended: bool  # whether its episode has ended and the environment was not reset since then
    environment: Any  # as `take_state` in the module layers.py returns it


def pack(identity: SessionIdentity, saved: SavedEnvironment) -> value_pb2.Value:
    """Returns the message of a snapshot. Raises SnapshotUnsupportedError if a value cannot be sent."""
    content: dict[str, Any] = {
        "format": _FORMAT,
        "made_by": essentials(),
        "session": identity._asdict(),
        **saved._asdict(),
    }
    try:
        message = encode_value(content)
    except UnsupportedValueError as error:
        raise SnapshotUnsupportedError(f"the state contains a value that cannot be sent: {error}") from None
    message.dict.entries.add(key=encode_value("sha256"), value=encode_value(_digest(message)))
    return message


def unpack(message: value_pb2.Value, identity: SessionIdentity) -> SavedEnvironment:
    """Returns the saved state. The caller must then call `check_observation`. Raises ValueError when the message is
    malformed or was changed. Raises WrongStateError when the snapshot was made in a session with another identity, with
    other software, or on another kind of machine. `essentials` in the module fingerprint.py has the software versions
    and the facts about the machine that are compared."""
    content = decode_value(message)
    if not isinstance(content, dict) or differ(_FORMAT, content.get("format")):
        raise ValueError(f"the snapshot is not of the format {_FORMAT}; send the value that Snapshot returned")
    check_keys("the snapshot", content, _KEYS)
    digest = content.pop("sha256")
    if differ(_digest(encode_value(content)), digest):
        raise ValueError("the snapshot was changed since it was taken: its digest does not match its content")
    _compare("server", essentials(), content["made_by"])
    _compare("session", identity._asdict(), content["session"])
    observation, ended = content["observation"], content["ended"]
    if not isinstance(ended, bool):
        raise ValueError(f"the snapshot's field 'ended' must be a bool; got {ended!r:.80}")
    return SavedEnvironment(own(observation), ended, content["environment"])


def _digest(content: value_pb2.Value) -> bytes:
    return hashlib.sha256(content.SerializeToString(deterministic=True)).digest()


def _compare(owner: str, here: dict[str, Any], there: Any) -> None:
    check_keys(f"the snapshot's {owner}", there, tuple(here))
    for key, value in here.items():
        if differ(value, there[key]):
            raise WrongStateError(
                f"the snapshot is of another {owner}: its {key} was {there[key]!r:.80}, but here it is {value!r:.80}; "
                f"restore it where {key} is the same"
            )


def check_observation(space: Space[Any], observation: Any) -> None:
    """Raises ValueError unless an observation is in its space. The numbers of a Box may have another dtype and may lie
    outside its bounds, because an environment may return such numbers."""
    if isinstance(space, Dict) and isinstance(observation, dict) and set(observation) == set(space.spaces):
        for key, part in space.spaces.items():
            check_observation(part, observation[key])
    elif isinstance(space, Tuple) and isinstance(observation, tuple) and len(observation) == len(space.spaces):
        for part, element in zip(space.spaces, observation, strict=True):
            check_observation(part, element)
    elif isinstance(space, Sequence) and not space.stack and isinstance(observation, tuple):
        for element in observation:
            check_observation(space.feature_space, element)
    elif isinstance(space, Box):
        has_numbers = is_real(observation) or getattr(observation, "dtype", None) == space.dtype
        if not has_numbers or np.shape(observation) != space.shape:
            raise ValueError(f"an observation must have the shape of {space}; got {observation!r:.80}")
    elif not space.contains(observation):
        raise ValueError(f"an observation must be in {space}; got {observation!r:.80}")
