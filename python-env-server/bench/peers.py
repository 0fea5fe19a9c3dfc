# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs sb3-contrib's TRPO in the way that is fastest on few cores: with DummyVecEnv and one torch thread.

Each line of standard input is a JSON object with a request; each line of standard output is the answer to one request:

{"ask": "versions"} -> {package: version}
{"ask": "make", "env_id", "envs", "batch", "cg_iterations", "cg_damping", "delta", "critic_epochs", "critic_batch",
 "critic_lr", "hidden", "critic_hidden", "init_log_std", "gamma", "lambda"} -> {}
{"ask": "make_with_defaults", "env_id", "envs", "batch"} -> {}
{"ask": "train", "iterations"} -> {"seconds", "rollout_seconds", "update_seconds"}
{"ask": "update", "batch": file} -> {"seconds", "kl"} of one update, which starts from the model's initial parameters

An update changes policy and critic. The file of "update" contains observations, actions, advantages, values and
returns, in this order, as float64.

"make" wraps environments with Box actions (torques or forces) in VecNormalize, as Stable-Baselines3's zoo does, and
uses all settings of the request; without Box actions, init_log_std has no effect. "make_with_defaults" uses the
defaults of sb3-contrib, with the given "envs" and "batch" (the number of steps in an iteration). Both use seed 1 and
the CPU.
"""

import copy
import json
import sys
import time
from importlib.metadata import version
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from sb3_contrib import TRPO
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import VecNormalize

PACKAGES = ("sb3-contrib", "stable-baselines3", "torch", "gymnasium", "mujoco", "numpy")


class TimedTRPO(TRPO):  # type: ignore[misc]
    """TRPO that adds up the time of its rollouts and updates, in seconds."""

    rollout_seconds = 0.0
    update_seconds = 0.0

    def collect_rollouts(self, *args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        result = super().collect_rollouts(*args, **kwargs)
        self.rollout_seconds += time.perf_counter() - start
        return result

    def train(self) -> None:
        start = time.perf_counter()
        super().train()
        self.update_seconds += time.perf_counter() - start


class Peer:
    """One model, its environments, and a copy of the model's initial parameters."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.env = make_vec_env(request["env_id"], n_envs=request["envs"], seed=1)
        self.batch = request["batch"]
        settings = self._settings(request) if request["ask"] == "make" else {}
        self.model = TimedTRPO(
            "MlpPolicy", self.env, n_steps=self.batch // request["envs"], device="cpu", seed=1, **settings
        )
        self.policy_state = copy.deepcopy(self.model.policy.state_dict())
        self.optimizer_state = copy.deepcopy(self.model.policy.optimizer.state_dict())

    def _settings(self, request: dict[str, Any]) -> dict[str, Any]:
        policy_kwargs: dict[str, Any] = {"net_arch": {"pi": request["hidden"], "vf": request["critic_hidden"]}}
        if isinstance(self.env.action_space, spaces.Box):
            self.env = VecNormalize(self.env, gamma=request["gamma"])
            policy_kwargs["log_std_init"] = request["init_log_std"]
        return {
            "batch_size": request["critic_batch"],
            "learning_rate": request["critic_lr"],
            "gamma": request["gamma"],
            "gae_lambda": request["lambda"],
            "cg_max_steps": request["cg_iterations"],
            "cg_damping": request["cg_damping"],
            "n_critic_updates": request["critic_epochs"],
            "target_kl": request["delta"],
            "policy_kwargs": policy_kwargs,
        }

    def train(self, iterations: int) -> dict[str, float]:
        model = self.model
        model.rollout_seconds = model.update_seconds = 0.0
        start = time.perf_counter()
        model.learn(iterations * self.batch, reset_num_timesteps=False)
        return {
            "seconds": time.perf_counter() - start,
            "rollout_seconds": model.rollout_seconds,
            "update_seconds": model.update_seconds,
        }

    def update(self, path: str) -> dict[str, float]:
        self.model.policy.load_state_dict(self.policy_state)
        self.model.policy.optimizer.load_state_dict(copy.deepcopy(self.optimizer_state))
        self._fill(np.fromfile(path))
        self.model._current_progress_remaining = 1.0
        start = time.perf_counter()
        self.model.train()
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "kl": float(self.model.logger.name_to_value["train/kl_divergence_loss"])}

    def _fill(self, numbers: Any) -> None:
        """Puts a batch into the model's buffer, as collect_rollouts would do."""
        model = self.model
        buffer = model.rollout_buffer
        if getattr(model, "_logger", None) is None:
            model._setup_learn(self.batch)
        buffer.reset()
        rows = self.batch
        action_size = buffer.action_dim
        widths = [int(np.prod(buffer.obs_shape)), action_size, 1, 1, 1]
        parts = np.split(numbers, np.cumsum([rows * width for width in widths])[:-1])
        observations, actions, advantages, values, returns = parts
        with torch.no_grad():
            observed = torch.as_tensor(observations.reshape(rows, *buffer.obs_shape), dtype=torch.float32)
            acted = torch.as_tensor(actions.reshape(rows, action_size), dtype=torch.float32)
            if isinstance(model.action_space, spaces.Discrete):
                acted = acted.long().flatten()
            _, log_probabilities, _ = model.policy.evaluate_actions(observed, acted)
        buffer.observations[:] = observations.reshape(buffer.observations.shape)
        buffer.actions[:] = actions.reshape(buffer.actions.shape)
        buffer.advantages[:] = advantages.reshape(buffer.advantages.shape)
        buffer.values[:] = values.reshape(buffer.values.shape)
        buffer.returns[:] = returns.reshape(buffer.returns.shape)
        buffer.log_probs[:] = log_probabilities.numpy().reshape(buffer.log_probs.shape)
        buffer.full = True


def main() -> None:
    torch.set_num_threads(1)
    peer: Peer | None = None
    for line in sys.stdin:
        request = json.loads(line)
        ask = request["ask"]
        answer: dict[str, Any] = {}
        if ask == "versions":
            answer = {name: version(name) for name in PACKAGES}
        elif ask in ("make", "make_with_defaults"):
            if peer is not None:
                peer.env.close()
            peer = Peer(request)
        elif ask == "train" and peer is not None:
            answer = peer.train(request["iterations"])
        elif ask == "update" and peer is not None:
            answer = peer.update(request["batch"])
        else:
            sys.exit(f"peers.py cannot answer {ask!r} now; make a model first, then train or update")
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
