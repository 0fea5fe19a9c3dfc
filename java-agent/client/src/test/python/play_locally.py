# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Steps local environments with the actions of a file and prints the exact bits that the environments return.

    python play_locally.py ENV_ID NUM_ENVS MAX_EPISODE_STEPS SEED MODE ACTIONS_FILE

Environment i is seeded with SEED + i. MODE is SAME_STEP, NEXT_STEP or DISABLED. In the mode DISABLED, the program
resets an ended environment before the next step. ACTIONS_FILE contains the actions [steps, NUM_ENVS, ...] in the action
space's dtype. The first line of the output contains the observations after the reset. Each further line is for one
step: the observations, the rewards as float64, three digits for each environment (the flags terminated, truncated and
reset), and, in the mode SAME_STEP, the last observation of each ended episode. Arrays are printed as the hexadecimal
digits of their bytes.
"""

import sys

import gymnasium
import numpy as np


def main(env_id: str, num_envs: int, max_episode_steps: int, seed: int, mode: str, actions_file: str) -> None:
    envs = [gymnasium.make(env_id, max_episode_steps=max_episode_steps) for _ in range(num_envs)]
    observations = [env.reset(seed=seed + i)[0] for i, env in enumerate(envs)]
    print(show(envs[0], observations))
    space = envs[0].action_space
    actions = np.fromfile(actions_file, dtype=space.dtype).reshape(-1, num_envs, *space.shape)
    ended = [False] * num_envs
    for row in actions:
        rewards, flags, finals = np.zeros(num_envs), [], []
        for i, env in enumerate(envs):
            if mode == "DISABLED" and ended[i]:
                env.reset()
            if mode == "NEXT_STEP" and ended[i]:
                observations[i], _ = env.reset()
                flags.append("001")
                ended[i] = False
                continue
            observations[i], rewards[i], terminated, truncated, _ = env.step(row[i])
            ended[i] = terminated or truncated
            reset = mode == "SAME_STEP" and ended[i]
            if reset:
                finals.append(show(env, observations[i]))
                observations[i], _ = env.reset()
            flags.append(f"{terminated:d}{truncated:d}{reset:d}")
        print(show(envs[0], observations), rewards.tobytes().hex(), *flags, *finals)


def show(env: gymnasium.Env, observations: object) -> str:
    return np.asarray(observations, dtype=env.observation_space.dtype).tobytes().hex()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5], sys.argv[6])
