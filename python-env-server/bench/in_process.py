# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Steps Gymnasium's SyncVectorEnv in this process. The benchmark compares the times of these steps with the times
of steps on a server, to show what gRPC costs.

Each line of standard input is a request, a JSON object that asks for steps after a reset:
{"env_id", "num_envs", "seed", "steps", "actions": path of a file with k arrays, "dtype", "shape": shape of one array}
Each line of standard output is the answer to one request:
{"seconds": time of the steps only, "reward_sum": sum over all steps and environments}
An array has the actions of all environments for one step. Step i uses array i modulo k. The environments are made as
the server makes them, without Gymnasium's checker. They stay open until a request has another env_id or num_envs.
"""

import json
import sys
import time
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, SyncVectorEnv


def make(env_id: str, num_envs: int) -> SyncVectorEnv:
    def one() -> gymnasium.Env[Any, Any]:
        return gymnasium.make(env_id, disable_env_checker=True)

    return SyncVectorEnv([one] * num_envs, autoreset_mode=AutoresetMode.SAME_STEP)


def run(env: SyncVectorEnv, request: dict[str, Any]) -> dict[str, float]:
    actions = np.fromfile(request["actions"], dtype=request["dtype"]).reshape([-1, *request["shape"]])
    batches = list(actions)
    env.reset(seed=request["seed"])
    reward_sum = 0.0
    start = time.perf_counter()
    for i in range(request["steps"]):
        reward_sum += float(env.step(batches[i % len(batches)])[1].sum())
    return {"seconds": time.perf_counter() - start, "reward_sum": reward_sum}


def main() -> None:
    made: tuple[str, int] | None = None
    env: SyncVectorEnv | None = None
    for line in sys.stdin:
        request = json.loads(line)
        wanted = (request["env_id"], request["num_envs"])
        if env is None or made != wanted:
            if env is not None:
                env.close()
            env = make(*wanted)
            made = wanted
        print(json.dumps(run(env, request)), flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
