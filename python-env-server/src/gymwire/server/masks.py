# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A wrapper that copies an action mask from the info into the observation."""

from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.spaces import Dict, Discrete, MultiBinary, MultiDiscrete


class ActionMaskObservation(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Makes each observation a Dict: `observation` is the environment's observation, and `action_mask` is the mask from
    the environment's info. If the info of an episode's last step has no mask, `action_mask` is 0 for all choices.

    The mask has one number for each choice of a Discrete or MultiDiscrete action: 1 if the state allows the choice,
    else 0, as in the argument `mask` of the space's `sample`. For MultiDiscrete the info contains all numbers in one
    array, or a tuple with one array for each element of the action.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], key: str = "action_mask") -> None:
        """Wraps an environment; `key` is the mask's key in the info."""
        super().__init__(env)
        space = env.action_space
        if isinstance(space, Discrete):
            choices = int(space.n)
        elif isinstance(space, MultiDiscrete):
            choices = int(space.nvec.sum())
        else:
            raise ValueError(f"masks are for Discrete and MultiDiscrete actions, and the action space is {space}")
        self._key = key
        self._choices = choices
        # Gymnasium's Dict sorts the keys of a plain dict, so action_mask comes first.
        self.observation_space = Dict({"action_mask": MultiBinary(choices), "observation": env.observation_space})

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Resets the environment."""
        observation, info = self.env.reset(seed=seed, options=options)
        return self._with_mask(observation, info, ended=False), info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Steps the environment."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        return self._with_mask(observation, info, terminated or truncated), reward, terminated, truncated, info

    def _with_mask(self, observation: Any, info: dict[str, Any], ended: bool) -> dict[str, Any]:
        if self._key in info:
            mask = self._to_array(info[self._key])
        elif ended:
            # Some environments give no mask at an episode's last step, because no action follows it.
            mask = np.zeros(self._choices, np.int8)
        else:
            keys = ", ".join(map(repr, info)) or "none"
            raise KeyError(f"the info has no action mask {self._key!r}; its keys: {keys}")
        return {"action_mask": mask, "observation": observation}

    def _to_array(self, mask: Any) -> npt.NDArray[np.int8]:
        parts = mask if isinstance(mask, tuple) else (mask,)
        try:
            array = np.concatenate([np.asarray(part).reshape(-1) for part in parts])
            # Strings do not count as numbers: numpy would convert "1" to 1.
            valid = array.dtype.kind in "biuf" and array.size == self._choices and np.isin(array, (0, 1)).all()
        except (TypeError, ValueError):  # for example lists of different lengths
            valid = False
        if not valid:
            raise ValueError(
                f"the action mask {self._key!r} must be {self._choices} numbers, each 0 or 1; got {mask!r}"
            )
        return array.astype(np.int8)
