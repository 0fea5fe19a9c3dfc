# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The model of an environment that derives from Gymnasium's MujocoEnv: geometry, masses, options, and the size of
rendered pictures. Snapshots do not contain it. A digest shows whether it has changed since the environment was made."""

import hashlib
import sys
from typing import Any

import gymnasium
import numpy as np

# The attribute of an environment that keeps the digest of its model.
DIGEST_ATTRIBUTE = "_gymwire_model_digest"


def remember_model(env: gymnasium.Env[Any, Any]) -> None:
    """Keeps the digest of the model of a new environment. Does nothing if the environment is not of MuJoCo, or if its
    model is not an MjModel."""
    # If Gymnasium's module is not imported, or another thread is still importing it, no environment has a class that
    # derives from MujocoEnv. The module cannot be imported here, because it needs the package mujoco, which may be
    # missing where no such environment is used.
    kind = getattr(sys.modules.get("gymnasium.envs.mujoco.mujoco_env"), "MujocoEnv", None)
    inner = env.unwrapped
    if kind is not None and isinstance(inner, kind) and _has_mujoco_model(inner):
        first_digest(inner)


def first_digest(inner: Any) -> str:
    """Returns the digest that the environment's model had when the environment was made or, if `remember_model` was not
    called, when this function was called first. `inner` is the environment without its wrappers."""
    kept = vars(inner)
    if DIGEST_ATTRIBUTE not in kept:
        kept[DIGEST_ATTRIBUTE] = model_digest(inner.model)
    digest: str = kept[DIGEST_ATTRIBUTE]
    return digest


def _has_mujoco_model(inner: Any) -> bool:
    import mujoco

    return isinstance(getattr(inner, "model", None), mujoco.MjModel)


def model_digest(model: Any) -> str:
    """Returns a digest of a compiled model."""
    import mujoco

    packed = np.empty(mujoco.mj_sizeModel(model), dtype=np.uint8)
    mujoco.mj_saveModel(model, None, packed)
    return hashlib.sha256(packed.tobytes()).hexdigest()
