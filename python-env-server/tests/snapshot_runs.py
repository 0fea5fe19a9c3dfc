# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Sessions on streams, for the tests of Snapshot and Restore."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from client import Client, Stream, flags, make_request

from gymwire.codec import decode_space, encode_value
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import value_pb2

N = 2
# The maximum number of steps of an episode. It is so low that in the longer tests every environment ends an episode.
LIMIT = 45


class Run:
    """A session on a stream."""

    def __init__(self, stream: Stream, env_id: str, kwargs: dict[str, Any] | None = None, **fields: Any) -> None:
        fields = {"num_envs": N, "max_episode_steps": LIMIT, **fields}
        self.stream = stream
        self.made: pb.MakeResponse = stream.ask(make=make_request(env_id, kwargs=kwargs, **fields))
        assert isinstance(self.made, pb.MakeResponse), self.made
        self.id = self.made.session_id
        self.ended = np.zeros(self.made.num_envs, dtype=bool)

    def reset(self, seed: int) -> None:
        """Resets all environments."""
        assert isinstance(self.stream.ask(reset=pb.ResetRequest(session_id=self.id, seed=seed)), pb.ResetResponse)

    def actions(self, count: int, seed: int) -> list[value_pb2.Value]:
        """Returns `count` batches of valid actions, which depend only on the action space and the seed."""
        space = decode_space(self.made.action_space)
        space.seed(seed)
        return [encode_value(space.sample()) for _ in range(count)]

    def play(self, actions: list[value_pb2.Value]) -> list[bytes]:
        """Takes one step with each batch of actions. In the mode DISABLED, resets environments whose episodes have
        ended. Returns the bytes of all responses, without their step numbers."""
        record = []
        for action in actions:
            if self.made.autoreset_mode == pb.AUTORESET_MODE_DISABLED and self.ended.any():
                mask = self.ended.astype(np.uint8).tobytes()
                record.append(self._ask(reset=pb.ResetRequest(session_id=self.id, reset_mask=mask)))
                self.ended[:] = False
            response = self._ask(step=pb.StepRequest(session_id=self.id, actions=action))
            self.ended |= np.logical_or(flags(response.terminated), flags(response.truncated))
            record.append(response)
        return [without_number(response) for response in record]

    def snapshots(self) -> list[value_pb2.Value]:
        """Returns the environments' states."""
        response = self.stream.ask(snapshot=pb.SnapshotRequest(session_id=self.id))
        assert isinstance(response, pb.SnapshotResponse), response
        return list(response.snapshots)

    def restore(self, snapshots: Sequence[value_pb2.Value], **fields: Any) -> Any:
        """Restores snapshots; returns the response, even if it is an error."""
        return self.stream.ask(restore=pb.RestoreRequest(session_id=self.id, snapshots=snapshots, **fields))

    def _ask(self, **request: Any) -> Any:
        response = self.stream.ask(**request)
        assert not isinstance(response, pb.ErrorDetail), response
        return response


class Runs:
    """Opens sessions on one stream, and closes them all."""

    def __init__(self, connection: Client) -> None:
        self.stream = connection.stream()
        self._runs: list[Run] = []

    def open(self, env_id: str, kwargs: dict[str, Any] | None = None, **fields: Any) -> Run:
        """Opens a session."""
        self._runs.append(Run(self.stream, env_id, kwargs, **fields))
        return self._runs[-1]

    def close(self) -> None:
        """Closes the sessions and the stream."""
        for run in self._runs:
            self.stream.ask(close=pb.CloseRequest(session_id=run.id))
        self.stream.close()


def without_number(response: Any) -> bytes:
    """Returns the bytes of a response without its step number."""
    copy = type(response)()
    copy.CopyFrom(response)
    copy.ClearField("step_number")
    return copy.SerializeToString(deterministic=True)
