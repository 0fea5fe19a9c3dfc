# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Compute a trained policy's outputs and most probable actions with NumPy and safetensors alone.

Arguments: a checkpoint (``step_*.safetensors``), and a JSON file with ``observations`` [n][observation size] and, for a
Box action space, its bounds ``low`` and ``high`` [action size]. Prints JSON: ``outputs`` [n][k], the logits or the mean
action, and ``actions``, [n] indices from 0 or [n][action size] numbers of the Box, which is float32.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
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


def main(checkpoint: str, question: str) -> None:
    asked = json.loads(Path(question).read_text())
    outputs = load_policy(checkpoint)(np.array(asked["observations"]))
    if "low" in asked:
        low, high = np.array(asked["low"]), np.array(asked["high"])
        actions = (low + (np.clip(outputs, -1, 1) + 1) / 2 * (high - low)).astype(np.float32)
    else:
        actions = outputs.argmax(axis=1)
    print(json.dumps({"outputs": outputs.tolist(), "actions": actions.tolist()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
