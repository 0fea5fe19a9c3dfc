# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Helpers for the tests of isolated sessions. One helper is a session that other sessions must not disturb."""

import time
from concurrent.futures import Future
from typing import Any, NamedTuple

import grpc
import gymnasium
import numpy as np
from client import DEADLINE_SECONDS, NONE, Client, observations, refusal
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from gymwire.codec import decode_dict, encode_value
from gymwire.v1 import environment_service_pb2 as pb

Code = grpc.StatusCode


class Companion:
    """A session of two CartPoles. Each step must have the same results as a step of two CartPoles in this process."""

    def __init__(self, client: Client, seed: int = 5) -> None:
        self._client = client
        self.session_id = client.make("CartPole-v1", 2, infos=NONE).session_id
        parts = [lambda: gymnasium.make("CartPole-v1")] * 2
        self._local: Any = SyncVectorEnv(parts, autoreset_mode=AutoresetMode.SAME_STEP)
        self._actions = np.random.default_rng(seed)
        self.longest_wait = 0.0  # seconds that the slowest step took
        first = observations(client.reset(self.session_id, seed=seed))
        np.testing.assert_array_equal(first, self._local.reset(seed=seed)[0])

    def step(self, count: int) -> None:
        """Makes `count` steps."""
        for _ in range(count):
            actions = self._actions.integers(0, 2, 2)
            began = time.monotonic()
            response = self._client.step(self.session_id, actions)
            self.longest_wait = max(self.longest_wait, time.monotonic() - began)
            expected, rewards, terminated, truncated, _ = self._local.step(actions)
            np.testing.assert_array_equal(observations(response), expected)
            assert response.rewards == rewards.astype("<f8").tobytes()
            assert response.terminated == terminated.tobytes()
            assert response.truncated == truncated.tobytes()

    def step_until_done(self, *others: "Future[Any]") -> int:
        """Steps until all `others` are done; returns the number of steps."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        steps = 0
        while not all(other.done() for other in others):
            assert time.monotonic() < deadline, f"not done after {DEADLINE_SECONDS} s and {steps} steps"
            self.step(1)
            steps += 1
        return steps


class End(NamedTuple):
    """The error that a client got from a session that failed."""

    session_id: str  # empty if the session was never open
    code: grpc.StatusCode
    detail: pb.ErrorDetail

    @property
    def words(self) -> str:
        """The message, and the class of the exception."""
        return f"{self.detail.message} {self.detail.exception_class}"


def provoke(client: Client, fault: str, place: str) -> End:
    """Makes a session with an environment of isolated_envs that runs `fault` at `place`. Sends requests until one
    fails, and returns the error."""
    made: list[pb.MakeResponse] = []

    def reach_fault() -> None:
        kwargs = {"fault": fault} if place == "snapshot" else {"fault": fault, "place": place}
        env_id = "Isolated/IllInSnapshot-v0" if place == "snapshot" else "Isolated/Ill-v0"
        made.append(client.make(env_id, kwargs=kwargs, render_mode="rgb_array" if place == "render" else None))
        session_id = made[0].session_id
        # The reset has no seed, because a seed would replace the random generator. For the place "snapshot", this
        # generator runs the fault when the server reads the generator's state for the snapshot.
        client.reset(session_id)
        if place == "snapshot":
            client.stub.Snapshot(pb.SnapshotRequest(session_id=session_id), timeout=DEADLINE_SECONDS)
        elif place == "render":
            client.stub.Render(pb.RenderRequest(session_id=session_id), timeout=DEADLINE_SECONDS)
        elif place == "close":
            client.close_session(session_id)
        else:
            client.step(session_id, np.zeros(1, dtype=np.int64))

    code, detail = refusal(reach_fault)
    return End(made[0].session_id if made else "", code, detail)


def reset_info(client: Client, session_id: str, key: str) -> Any:
    """Resets a session of one environment; returns a value of its info."""
    return decode_dict(client.reset(session_id).infos)[key][0]


def step_request(session_id: str, n: int = 1) -> pb.StepRequest:
    """Returns a request to step n environments with action 0."""
    return pb.StepRequest(session_id=session_id, actions=encode_value(np.zeros(n, dtype=np.int64)))
