# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The state of a session's worker: its environments, wherever they run, and what it remembers of them."""

from gymwire.server.errors import EnvironmentFailedError, InvalidRequestError
from gymwire.server.snapshot.envelope import SavedSession, SessionIdentity, pack, unpack
from gymwire.server.snapshot.layers import check_state, put_state, take_state
from gymwire.server.worker import Worker
from gymwire.v1 import value_pb2


def take_worker(worker: Worker) -> value_pb2.Value:
    """Returns the state; SnapshotUnsupportedError when some of it is not known."""
    environments = worker.each(take_state)
    return pack(_identity(worker), SavedSession(worker.last_observations, worker.ended, environments))


def restore_worker(worker: Worker, snapshot: value_pb2.Value) -> None:
    """Puts a state into a worker. Raises InvalidRequestError when the snapshot is malformed or was changed,
    WrongStateError when it is of another session; then nothing has changed."""
    try:
        saved = unpack(snapshot, _identity(worker), worker.single_observation_space)
        arguments = [(state,) for state in saved.environments]
        worker.each(check_state, arguments)
    except ValueError as error:
        raise InvalidRequestError(str(error)) from None
    try:
        worker.each(put_state, arguments)
    except EnvironmentFailedError:
        raise
    except Exception as error:
        raise EnvironmentFailedError(f"an environment failed to take its state: {error}") from error
    worker.last_observations[:] = saved.observations
    worker.ended[:] = saved.ended


def _identity(worker: Worker) -> SessionIdentity:
    return SessionIdentity(worker.description.spec.env_id, worker.num_envs, worker.autoreset_mode.name)
