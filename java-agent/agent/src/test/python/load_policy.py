# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a trained policy with only NumPy, Gymnasium and safetensors. docs/runs.md shows the functions load_policy and
most_probable.

Arguments: ``answer CHECKPOINT QUESTION`` or ``play CHECKPOINT FOLDER MODULE:ENV_ID EPISODES``. The first argument is
the function to call.
"""

import json
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from safetensors.numpy import load_file


def load_policy(checkpoint: str) -> Callable[[np.ndarray], np.ndarray]:
    p = load_file(checkpoint)
    layers = sum(name.startswith("policy.") and name.endswith(".weight") for name in p)

    def policy(observations: np.ndarray) -> np.ndarray:
        x = observations[:, p["observed"].astype(int)] if "observed" in p else observations
        if p.get("normalizer.count", 0) > 0:
            variance = p["normalizer.squares"] / p["normalizer.count"]
            z = np.where(variance > 0, (x - p["normalizer.mean"]) / np.sqrt(variance + 1e-8), 0)
            x = np.where(p["normalizer.columns"] > 0, z, x)
        x = np.clip(x, -10, 10)
        for layer in range(1, layers + 1):
            x = x @ p[f"policy.{layer}.weight"] + p[f"policy.{layer}.bias"]
            x = np.tanh(x) if layer < layers else x
        return x

    return policy


def most_probable(space: spaces.Space, outputs: Iterator[float]) -> Any:
    """The most probable action of `space`. Takes from the policy's `outputs` the numbers that the space needs."""

    def take(count: int) -> np.ndarray:
        return np.array([next(outputs) for _ in range(count)])

    if isinstance(space, spaces.Dict):
        return {key: most_probable(part, outputs) for key, part in space.items()}
    if isinstance(space, spaces.Tuple):
        return tuple(most_probable(part, outputs) for part in space)
    if isinstance(space, spaces.Discrete):
        return space.start + take(space.n).argmax()
    if isinstance(space, spaces.MultiDiscrete):
        choices = [take(n).argmax() for n in space.nvec.flat]
        return space.start + np.reshape(choices, space.shape)
    means = take(math.prod(space.shape)).reshape(space.shape)
    if isinstance(space, spaces.MultiBinary):
        return (means > 0).astype(space.dtype)
    low, high = space.low.astype(float), space.high.astype(float)
    return np.clip(low + (np.clip(means, -1, 1) + 1) / 2 * (high - low), low, high).astype(space.dtype)


def play(checkpoint: str, folder: str, env_id: str, episodes: str) -> None:
    """Plays episodes of an environment that a module in ``folder`` registers, and prints their mean return."""
    sys.path.insert(0, folder)
    env = gymnasium.make(env_id)
    policy = load_policy(checkpoint)
    total = 0.0
    for episode in range(int(episodes)):
        observation, _ = env.reset(seed=episode)
        ended = False
        while not ended:
            outputs = policy(spaces.flatten(env.observation_space, observation)[None])[0]
            observation, reward, terminated, truncated, _ = env.step(most_probable(env.action_space, iter(outputs)))
            total += float(reward)
            ended = terminated or truncated
    print(total / int(episodes))


def answer(checkpoint: str, question: str) -> None:
    """Prints JSON with two arrays, for m observations. ``outputs`` has the shape [m][number of the policy's outputs].
    ``actions`` has the shape [m] for a Discrete and [m][action size] for a Box. The question is a JSON file with
    ``observations`` [m][observation size] and the action space. A Discrete is given by its size ``n``. A Box of float32
    is given by its bounds ``low`` and ``high`` [action size]."""
    asked = json.loads(Path(question).read_text())
    if "low" in asked:
        space = spaces.Box(np.array(asked["low"], np.float32), np.array(asked["high"], np.float32))
    else:
        space = spaces.Discrete(asked["n"])
    outputs = load_policy(checkpoint)(np.array(asked["observations"]))
    actions = [most_probable(space, iter(row)).tolist() for row in outputs]
    print(json.dumps({"outputs": outputs.tolist(), "actions": actions}))


if __name__ == "__main__":
    {"answer": answer, "play": play}[sys.argv[1]](*sys.argv[2:])
