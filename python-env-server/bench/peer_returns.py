# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Trains sb3-contrib's TRPO, or Stable-Baselines3's PPO, and evaluates the policy. The settings, except the total
number of steps of a run, are those of Stable-Baselines3's zoo. For a MuJoCo task that the zoo does not have, TRPO gets
the zoo's settings for most other MuJoCo tasks, and PPO gets the defaults of Stable-Baselines3.

Run this script in the folder python-env-server, after bench/make_peers.py has made the virtual environment bench/.venv:

    bench/.venv/bin/python bench/peer_returns.py peers.csv HalfCheetah-v5 Hopper-v5 --seeds 1 2 3
    bench/.venv/bin/python bench/peer_returns.py peers.csv HalfCheetah-v5 --seeds 1 --ppo

The script adds one row for each run to the CSV file: the task's settings (they are in this script), the packages'
versions, the mean return of the last 100 training episodes, and the training's duration in seconds. The row also has
two mean returns of 20 evaluation episodes each: with the deterministic policy, and with the stochastic policy. The
normaliser is frozen in these episodes; CartPole and Pendulum have none. Runs that are already in the file are skipped.
Torch uses one thread. The stochastic return is omitted if the policy's noise depends on the state (gSDE), because
evaluation would never draw new noise.
"""

import argparse
import csv
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sb3_contrib import TRPO
from stable_baselines3 import PPO
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.vec_env import VecNormalize
from torch import nn

EPISODES = 20
STEPS = 1_000_000
SHORT = {"CartPole-v1", "Pendulum-v1", "Acrobot-v1", "MountainCarContinuous-v0"}
SHORT_STEPS = 100_000
MUJOCO = {"n_steps": 1024, "batch_size": 128, "cg_max_steps": 25, "cg_damping": 0.1, "n_critic_updates": 20}
# The zoo's settings of TRPO for the tasks. If the zoo has no settings for a v5 task, the zoo's settings for the v4 task
# are used. A task that is not listed here gets MUJOCO, even if the zoo has no settings for any version of this task.
SETTINGS: dict[str, dict[str, Any]] = {
    "CartPole-v1": {
        "n_steps": 512,
        "batch_size": 512,
        "cg_damping": 1e-3,
        "gae_lambda": 0.98,
        "gamma": 0.99,
        "learning_rate": 1e-3,
        "n_critic_updates": 20,
    },
    "Pendulum-v1": {"n_steps": 1024, "gamma": 0.9, "n_critic_updates": 15, "use_sde": True, "sde_sample_freq": 4},
    "Acrobot-v1": {"n_steps": 1024},
    "MountainCarContinuous-v0": {"use_sde": True, "sde_sample_freq": 4},
    "HalfCheetah-v5": {**MUJOCO, "target_kl": 0.04},
    "Swimmer-v5": {**MUJOCO, "gamma": 0.9999},
}
# The zoo's policy_kwargs for PPO on some MuJoCo tasks.
WIDE = {
    "log_std_init": -2,
    "ortho_init": False,
    "activation_fn": nn.ReLU,
    "net_arch": {"pi": [256] * 2, "vf": [256] * 2},
}
# The zoo's settings of PPO for version 3 of the MuJoCo tasks (version 2 of Reacher), with one environment. A task that
# is not listed gets the defaults of Stable-Baselines3.
PPO_SETTINGS: dict[str, dict[str, Any]] = {
    "HalfCheetah-v5": {
        "batch_size": 64,
        "n_steps": 512,
        "gamma": 0.98,
        "learning_rate": 2.0633e-05,
        "ent_coef": 0.000401762,
        "clip_range": 0.1,
        "n_epochs": 20,
        "gae_lambda": 0.92,
        "max_grad_norm": 0.8,
        "vf_coef": 0.58096,
        "policy_kwargs": WIDE,
    },
    "Hopper-v5": {
        "batch_size": 32,
        "n_steps": 512,
        "gamma": 0.999,
        "learning_rate": 9.80828e-05,
        "ent_coef": 0.00229519,
        "clip_range": 0.2,
        "n_epochs": 5,
        "gae_lambda": 0.99,
        "max_grad_norm": 0.7,
        "vf_coef": 0.835671,
        "policy_kwargs": WIDE,
    },
    "HumanoidStandup-v5": {
        "batch_size": 32,
        "n_steps": 512,
        "gamma": 0.99,
        "learning_rate": 2.55673e-05,
        "ent_coef": 3.62109e-06,
        "clip_range": 0.3,
        "n_epochs": 20,
        "gae_lambda": 0.9,
        "max_grad_norm": 0.7,
        "vf_coef": 0.430793,
        "policy_kwargs": WIDE,
    },
    "Humanoid-v5": {
        "batch_size": 256,
        "n_steps": 512,
        "gamma": 0.95,
        "learning_rate": 3.56987e-05,
        "ent_coef": 0.00238306,
        "clip_range": 0.3,
        "n_epochs": 5,
        "gae_lambda": 0.9,
        "max_grad_norm": 2,
        "vf_coef": 0.431892,
        "policy_kwargs": WIDE,
    },
    # The zoo's batch_size (the size of a minibatch) is 512. Stable-Baselines3 reduces it to n_steps, which is 128, with
    # a warning.
    "InvertedDoublePendulum-v5": {
        "batch_size": 128,
        "n_steps": 128,
        "gamma": 0.98,
        "learning_rate": 0.000155454,
        "ent_coef": 1.05057e-06,
        "clip_range": 0.4,
        "n_epochs": 10,
        "gae_lambda": 0.8,
        "max_grad_norm": 0.5,
        "vf_coef": 0.695929,
    },
    # The zoo's batch_size is 64. Stable-Baselines3 reduces it too: to n_steps, which is 32.
    "InvertedPendulum-v5": {
        "batch_size": 32,
        "n_steps": 32,
        "gamma": 0.999,
        "learning_rate": 0.000222425,
        "ent_coef": 1.37976e-07,
        "clip_range": 0.4,
        "n_epochs": 5,
        "gae_lambda": 0.9,
        "max_grad_norm": 0.3,
        "vf_coef": 0.19816,
    },
    "Reacher-v5": {
        "batch_size": 32,
        "n_steps": 512,
        "gamma": 0.9,
        "learning_rate": 0.000104019,
        "ent_coef": 7.52585e-08,
        "clip_range": 0.3,
        "n_epochs": 5,
        "gae_lambda": 1.0,
        "max_grad_norm": 0.9,
        "vf_coef": 0.950368,
    },
    "Swimmer-v5": {"gamma": 0.9999},
    "Walker2d-v5": {
        "batch_size": 32,
        "n_steps": 512,
        "gamma": 0.99,
        "learning_rate": 5.05041e-05,
        "ent_coef": 0.000585045,
        "clip_range": 0.1,
        "n_epochs": 20,
        "gae_lambda": 0.95,
        "max_grad_norm": 1,
        "vf_coef": 0.871923,
    },
}
NOT_NORMALIZED = ("CartPole-v1", "Pendulum-v1")
COLUMNS = (
    *("algorithm", "env", "seed", "steps", "train_last_100", "deterministic", "stochastic", "seconds"),
    *("versions", "settings"),
)


def train(env_id: str, seed: int, ppo: bool) -> dict[str, Any]:
    """Trains and evaluates one model."""
    settings = PPO_SETTINGS.get(env_id, {}) if ppo else SETTINGS.get(env_id, MUJOCO)
    env = make_vec_env(env_id, n_envs=1 if ppo else 2, seed=seed)
    normalized = env_id not in NOT_NORMALIZED
    if normalized:
        env = VecNormalize(env, gamma=settings.get("gamma", 0.99))
    model = (PPO if ppo else TRPO)("MlpPolicy", env, seed=seed, device="cpu", **settings)
    start = time.perf_counter()
    model.learn(SHORT_STEPS if env_id in SHORT else STEPS)
    seconds = time.perf_counter() - start
    recent = [episode["r"] for episode in model.ep_info_buffer]
    frozen = make_vec_env(env_id, n_envs=1, seed=10_000 + seed)
    if normalized:
        frozen = VecNormalize(frozen, training=False, norm_reward=False)
        frozen.obs_rms = env.obs_rms
    deterministic, _ = evaluate_policy(model, frozen, EPISODES, deterministic=True)
    stochastic, _ = (None, None) if model.use_sde else evaluate_policy(model, frozen, EPISODES, deterministic=False)
    packages = ("sb3-contrib", "stable-baselines3", "torch", "gymnasium", "mujoco")
    return {
        "algorithm": "PPO" if ppo else "TRPO",
        "env": env_id,
        "seed": seed,
        "steps": model.num_timesteps,
        "train_last_100": round(float(np.mean(recent)), 2) if recent else "",
        "deterministic": round(float(deterministic), 2),
        "stochastic": "" if stochastic is None else round(float(stochastic), 2),
        "seconds": round(seconds),
        "versions": " ".join(f"{name} {version(name)}" for name in packages),
        "settings": " ".join(f"{name}={text(value)}" for name, value in settings.items()),
    }


def text(value: Any) -> str:
    """Returns a setting's value as text. A dict (policy_kwargs) becomes {name:value,...}."""
    if not isinstance(value, dict):
        return str(value)
    return (
        "{"
        + ",".join(f"{name}:{getattr(each, '__name__', each)}" for name, each in value.items()).replace(" ", "")
        + "}"
    )


def main() -> None:
    """Trains and evaluates one model for each given task and seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv", type=Path)
    parser.add_argument("env", nargs="+")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--ppo", action="store_true", help="train PPO; the tasks must be MuJoCo tasks")
    arguments = parser.parse_args()
    for env_id in arguments.env:
        if arguments.ppo and not env_id.endswith("-v5"):
            parser.error(f"--ppo is for the MuJoCo tasks (v5); got {env_id}")
    torch.set_num_threads(1)
    for env_id in arguments.env:
        for seed in arguments.seeds:
            if ("PPO" if arguments.ppo else "TRPO", env_id, str(seed)) in finished(arguments.csv):
                continue
            row = train(env_id, seed, arguments.ppo)
            print(env_id, seed, row["deterministic"], f"{row['seconds']} s", flush=True)
            with arguments.csv.open("a", newline="") as file:
                writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
                if file.tell() == 0:
                    writer.writeheader()
                writer.writerow(row)


def finished(path: Path) -> set[tuple[str, str, str]]:
    """Returns the algorithm, environment and seed of each run in a file."""
    if not path.exists():
        return set()
    with path.open(newline="") as file:
        return {(row["algorithm"], row["env"], row["seed"]) for row in csv.DictReader(file)}


if __name__ == "__main__":
    main()
