# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Saves and restores a session: for each environment its state, its last observation, and whether its episode has
ended. `Worker` is the server's class for the environments of a session."""

from collections.abc import Sequence
from typing import Any

from gymnasium.spaces import Space

from gymwire.server.env_host import converted
from gymwire.server.errors import EnvironmentFailedError, InvalidRequestError, SnapshotUnsupportedError
from gymwire.server.snapshot.envelope import SavedEnvironment, SessionIdentity, check_observation, pack, unpack
from gymwire.server.snapshot.layers import check_state, put_state, take_state
from gymwire.server.worker import Worker
from gymwire.v1 import value_pb2


def take_worker(worker: Worker) -> list[value_pb2.Value]:
    """Returns a snapshot of each environment. Raises SnapshotUnsupportedError if the server cannot save a part of a
    state, or if a restore would refuse an observation."""
    identity = _identity(worker)
    observations = [_observation(worker.single_observation_space, each) for each in worker.last_observations]
    each = zip(observations, worker.ended.tolist(), worker.each(take_state), strict=True)
    return [pack(identity, SavedEnvironment(*saved)) for saved in each]


def _observation(space: Space[Any], observation: Any) -> Any:
    """Returns the observation as the client got it."""
    try:
        received = converted(space, observation)
        check_observation(space, received)
    except ValueError as error:
        raise SnapshotUnsupportedError(
            f"the last observation could not be restored: {error}; let reset and step return observations that are in "
            "the space"
        ) from None
    return received


def restore_worker(worker: Worker, snapshots: Sequence[value_pb2.Value]) -> None:
    """Restores one snapshot in each environment. Raises InvalidRequestError if the number of snapshots is wrong, if a
    snapshot is malformed or was changed, or if its observation does not fit this session's observation space. Raises
    WrongStateError if a snapshot does not fit this session or this server for another reason, for example because its
    environment id or autoreset mode is different. Raises SnapshotUnsupportedError if this session has an environment
    with a state that the server cannot save completely. These errors are raised before any environment is changed.
    Raises EnvironmentFailedError if an environment fails while its state is restored."""
    if len(snapshots) != worker.num_envs:
        raise InvalidRequestError(
            f"snapshots must have {worker.num_envs} entries, one per environment; got {len(snapshots)}"
        )
    identity = _identity(worker)
    try:
        saved = [unpack(snapshot, identity) for snapshot in snapshots]
        arguments = [(each.environment,) for each in saved]
        # check_state compares the settings of environments and wrappers. It comes before check_observation: if a
        # setting differs, an observation can have another shape, and then the error must name the setting.
        worker.each(check_state, arguments)
        for each in saved:
            check_observation(worker.single_observation_space, each.observation)
    except ValueError as error:
        raise InvalidRequestError(str(error)) from None
    try:
        worker.each(put_state, arguments)
    except EnvironmentFailedError:
        raise
    except Exception as error:
        raise EnvironmentFailedError(f"an environment failed to restore its state: {error}") from error
    worker.last_observations[:] = [each.observation for each in saved]
    worker.ended[:] = [each.ended for each in saved]


def _identity(worker: Worker) -> SessionIdentity:
    return SessionIdentity(worker.description.spec.env_id, worker.autoreset_mode.name)
