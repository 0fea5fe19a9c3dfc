# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Steps remote environments with the Python library, or with unary calls of the generated code.

Each line of standard input is a request for steps, a JSON object:

    {"address", "unary": bool, "env_id", "num_envs", "steps", "actions": file of k batches of actions, "dtype",
     "shape": shape of one batch}

Each line of standard output is an answer:

    {"seconds": time of the steps only, "reward_sum"}

Environment i is reset with the seed i. Step i uses batch i modulo k. Each value of unary has its own session. The
sessions stay open until a request has another address, env_id or num_envs.
"""

import json
import sys
import time
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode
from server_process import Session, open_channel

from gymwire.client import RemoteVectorEnv


class Steps(Protocol):
    """A session that can be stepped."""

    def reset(self) -> None:
        """Resets environment i with the seed i."""

    def step(self, actions: npt.NDArray[Any]) -> float:
        """Takes a step, and returns the sum of the rewards."""

    def close(self) -> None:
        """Closes the session."""


class Library:
    """A session that is stepped with Gymwire's library, which uses a stream."""

    def __init__(self, address: str, env_id: str, num_envs: int) -> None:
        self._env = RemoteVectorEnv(
            env_id,
            num_envs=num_envs,
            address=address,
            infos=False,
            autoreset_mode=AutoresetMode.SAME_STEP,
        )

    def reset(self) -> None:
        self._env.reset(seed=0)

    def step(self, actions: npt.NDArray[Any]) -> float:
        return float(self._env.step(actions)[1].sum())

    def close(self) -> None:
        self._env.close()


class Unary:
    """A session that is stepped with unary calls."""

    def __init__(self, address: str, env_id: str, num_envs: int) -> None:
        self._channel = open_channel(address)
        self._session = Session(self._channel, env_id, num_envs, streamed=False)

    def reset(self) -> None:
        self._session.reset(seed=0)

    def step(self, actions: npt.NDArray[Any]) -> float:
        return float(np.frombuffer(self._session.step(actions).rewards, "<f8").sum())

    def close(self) -> None:
        self._session.close()
        self._channel.close()


def run(session: Steps, request: dict[str, Any]) -> dict[str, float]:
    actions = np.fromfile(request["actions"], dtype=request["dtype"]).reshape([-1, *request["shape"]])
    batches = list(actions)
    session.reset()
    reward_sum = 0.0
    start = time.perf_counter()
    for i in range(request["steps"]):
        reward_sum += session.step(batches[i % len(batches)])
    return {"seconds": time.perf_counter() - start, "reward_sum": reward_sum}


def main() -> None:
    sessions: dict[bool, Steps] = {}
    asked: tuple[str, str, int] | None = None
    for line in sys.stdin:
        request = json.loads(line)
        wanted = (request["address"], request["env_id"], request["num_envs"])
        if wanted != asked:
            for each in sessions.values():
                each.close()
            sessions, asked = {}, wanted
        unary = request["unary"]
        if unary not in sessions:
            sessions[unary] = (Unary if unary else Library)(*wanted)
        print(json.dumps(run(sessions[unary], request)), flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
