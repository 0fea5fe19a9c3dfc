# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Takes random steps in the MuJoCo v5 tasks and prints digests of the results. The digests show whether two versions
of Gymnasium or MuJoCo give the same results, bit for bit.

    python bench/step_digests.py [--seeds 5] [--steps 1000] [TASK ...]

The Python that runs this file needs only the packages Gymnasium, MuJoCo and numpy. The first line of the output names
the versions; each further line has a task, a seed and a digest of observations, rewards and flags. Compare the outputs
of two Pythons with diff.
"""

import argparse
import hashlib
from typing import Any

import gymnasium
import mujoco
import numpy as np

TASKS = (
    *("Ant-v5", "HalfCheetah-v5", "Hopper-v5", "Humanoid-v5", "HumanoidStandup-v5", "InvertedDoublePendulum-v5"),
    *("InvertedPendulum-v5", "Pusher-v5", "Reacher-v5", "Swimmer-v5", "Walker2d-v5"),
)


def main() -> None:
    """Prints the versions and the digests."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("tasks", metavar="TASK", nargs="*", default=TASKS)
    options = parser.parse_args()
    print(f"gymnasium {gymnasium.__version__}, mujoco {mujoco.__version__}, numpy {np.__version__}")
    for task in options.tasks:
        for seed in range(options.seeds):
            print(task, seed, digest(task, seed, options.steps), flush=True)


def digest(task: str, seed: int, steps: int) -> str:
    """Takes random steps. Returns a digest of everything that the steps and resets return, except the infos."""
    env: gymnasium.Env[Any, Any] = gymnasium.make(task)
    env.action_space.seed(seed)
    sha = hashlib.sha256(env.reset(seed=seed)[0].tobytes())
    for _ in range(steps):
        observation, reward, terminated, truncated, _ = env.step(env.action_space.sample())
        sha.update(observation.tobytes() + np.float64(reward).tobytes() + bytes([terminated, truncated]))
        if terminated or truncated:
            sha.update(env.reset()[0].tobytes())
    env.close()
    return sha.hexdigest()[:16]


if __name__ == "__main__":
    main()
