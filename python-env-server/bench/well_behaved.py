# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A client process of soak.py. It pauses before each step. It compares the observations, rewards and flags of each step
with those of a local step, bit for bit."""

import time
from collections import defaultdict
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import grpc
import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from server_process import Session, open_channel, sampler

from gymwire.codec import decode_value
from gymwire.v1 import environment_service_pb2 as pb

# All steps of a block are compared after the block, so that no comparison delays the next step within the block.
_BLOCK_STEPS = 100
# After this many blocks a new session begins.
_BLOCKS = 30


class Well(NamedTuple):
    """A kind of well-behaved session."""

    env_id: str
    n: int
    streamed: bool

    def __str__(self) -> str:
        return f"{self.env_id} x {self.n}, {'stream' if self.streamed else 'unary'}"


class Report(NamedTuple):
    """The events since the last report."""

    who: str
    steps: int
    """The number of steps that were answered and are the same as the local steps."""
    waits: dict[str, list[float]]
    """The seconds until each answer, by kind of request."""
    problem: str = ""


def behave(
    connection: "Connection[Any, Any]", address: str, well: Well, seed: int, pace_seconds: float, until: float
) -> None:
    """Steps sessions one after the other until time.time() is `until`, and sends Reports."""
    client = _Client(connection, well, pace_seconds)
    channel = open_channel(address)
    local: Any = SyncVectorEnv([lambda: _make_local(well.env_id)] * well.n, autoreset_mode=AutoresetMode.SAME_STEP)
    rng = np.random.default_rng(seed)
    try:
        client.play(channel, local, rng, until)
        while time.time() < until:
            client.play(channel, local, rng, until)
        client.report(0)
    except (grpc.RpcError, RuntimeError, StopIteration) as error:
        said = error.details() if isinstance(error, grpc.Call) else str(error)
        client.report(0, f"{well}: a request failed: {type(error).__name__}: {said}")
    except AssertionError as error:
        client.report(0, f"{well}: {error}")
    local.close()
    channel.close()
    connection.close()


class _Client:
    def __init__(self, connection: "Connection[Any, Any]", well: Well, pace_seconds: float) -> None:
        self._connection = connection
        self._well = well
        self._pace_seconds = pace_seconds
        self._waits: defaultdict[str, list[float]] = defaultdict(list)

    def play(self, channel: grpc.Channel, local: Any, rng: np.random.Generator, until: float) -> None:
        """Makes one session, steps it and closes it."""
        well = self._well
        session = self._timed("make", lambda: Session(channel, well.env_id, well.n, well.streamed))
        seed = int(rng.integers(2**31))
        response = self._timed("reset", lambda: session.reset(seed))
        _compare("the first observations", _bits(response), local.reset(seed=seed)[0].tobytes())
        draw = sampler(well.env_id, well.n, rng)
        for block in range(_BLOCKS):
            actions = [draw() for _ in range(_BLOCK_STEPS)]
            responses = [self._step(session, each) for each in actions]
            for i, (each, stepped) in enumerate(zip(actions, responses, strict=True)):
                _compare_step(block * _BLOCK_STEPS + i, stepped, local.step(each))
            self.report(_BLOCK_STEPS)
            if time.time() > until:
                break
        self._timed("close", session.close)

    def report(self, steps: int, problem: str = "") -> None:
        """Sends the parent process a report of the events since the last report."""
        self._connection.send(Report(str(self._well), steps, dict(self._waits), problem))
        self._waits.clear()

    def _step(self, session: Session, actions: Any) -> pb.StepResponse:
        time.sleep(self._pace_seconds)
        return self._timed("step", lambda: session.step(actions))

    def _timed(self, kind: str, ask: Callable[[], Any]) -> Any:
        began = time.monotonic()
        answer = ask()
        self._waits[kind].append(time.monotonic() - began)
        return answer


def _make_local(env_id: str) -> gymnasium.Env[Any, Any]:
    return gymnasium.make(env_id, disable_env_checker=True)


def _bits(response: pb.StepResponse | pb.ResetResponse) -> bytes:
    return np.asarray(decode_value(response.observations)).tobytes()


def _compare_step(number: int, response: pb.StepResponse, local: tuple[Any, ...]) -> None:
    observations, rewards, terminated, truncated, _ = local
    _compare(f"the observations of step {number}", _bits(response), observations.tobytes())
    _compare(f"the rewards of step {number}", response.rewards, rewards.astype("<f8").tobytes())
    _compare(f"the terminated flags of step {number}", response.terminated, terminated.tobytes())
    _compare(f"the truncated flags of step {number}", response.truncated, truncated.tobytes())


def _compare(what: str, received: bytes, expected: bytes) -> None:
    if received != expected:
        raise AssertionError(f"{what} differ from the local ones")
