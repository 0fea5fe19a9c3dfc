# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Environments with a state that is declared with `register_state`. Load them with ``--import state_envs``."""

from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from gymnasium.envs.mujoco.hopper_v5 import HopperEnv

from gymwire.server.snapshot import register_state

Observation = npt.NDArray[np.float64]
Step = tuple[Observation, float, bool, bool, dict[str, Any]]


class Drift(gymnasium.Env[Observation, Any]):
    """A point that actions and noise move; all of its state is in attributes and in the random generator."""

    observation_space = spaces.Box(-np.inf, np.inf, (2,), np.float64)
    action_space = spaces.Box(-1, 1, (2,), np.float64)

    def __init__(self, noise: float = 0.1) -> None:
        self.noise = noise
        self.window = object()  # not part of the state, and cannot be sent
        self.position = np.zeros(2)
        self.visited: list[float] = []

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        super().reset(seed=seed)
        self.position = self.np_random.normal(size=2)
        self.visited = []
        return self.position.copy(), {}

    def step(self, action: Any) -> Step:
        self.position += action + self.np_random.normal(size=2) * self.noise
        self.visited.append(float(self.position[0]))
        return self.position.copy(), float(np.mean(self.visited)), False, False, {}


class Late(Drift):
    """A Drift whose state can be saved only until its third reset."""

    def __init__(self) -> None:
        super().__init__()
        self.resets: Any = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        self.resets = self.resets + 1 if self.resets in (0, 1) else object()
        return super().reset(seed=seed, options=options)


class Simulator:
    """Stands for a simulator in another language: a snapshot can read and set its state only with `save` and `load`."""

    __slots__ = ("_hidden",)

    def __init__(self) -> None:
        self._hidden = 0.5

    def advance(self, by: float) -> float:
        """Makes a step of a chaotic map; returns the new value."""
        self._hidden = 3.9 * self._hidden * (1 - self._hidden) + 1e-3 * by
        return self._hidden

    def save(self) -> float:
        """Returns the state."""
        return self._hidden

    def load(self, state: float) -> None:
        """Sets the state; refuses an invalid state."""
        if not 0 <= state <= 1.01:
            raise ValueError(f"a state lies between 0 and 1.01; got {state}")
        self._hidden = state


class Chaos(gymnasium.Env[Observation, Any]):
    """An environment that has its state in a simulator."""

    observation_space = spaces.Box(-np.inf, np.inf, (1,), np.float64)
    action_space = spaces.Discrete(2)

    def __init__(self) -> None:
        self.simulator = Simulator()

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        super().reset(seed=seed)
        self.simulator.load(float(self.np_random.uniform(0.1, 0.9)))
        return np.array([self.simulator.save()]), {}

    def step(self, action: Any) -> Step:
        return np.array([self.simulator.advance(float(action))]), 1.0, False, False, {}


class Stubborn(Chaos):
    """Its snapshots contain a state that the simulator refuses."""


class Mute(Chaos):
    """Its state cannot be read."""


class TiredHopper(HopperEnv):
    """A MuJoCo environment with a state of its own in addition to the simulation's state."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.strength = 1.0

    def reset_model(self) -> Any:
        self.strength = 1.0
        return super().reset_model()  # type: ignore[no-untyped-call]

    def step(self, action: Any) -> Any:
        self.strength *= 0.99
        return super().step(np.asarray(action) * self.strength)  # type: ignore[no-untyped-call]


class RandomHopper(HopperEnv):
    """A MuJoCo environment that draws a mass in each reset, and so changes its model (domain randomisation)."""

    def reset_model(self) -> Any:
        self.model.body_mass[1] = self.np_random.uniform(3.0, 4.0)
        return super().reset_model()  # type: ignore[no-untyped-call]


class Momentum(gymnasium.Wrapper[Observation, Any, Observation, Any]):
    """Replaces the reward by a decaying sum of the episode's rewards."""

    def __init__(self, env: gymnasium.Env[Observation, Any]) -> None:
        super().__init__(env)
        self.total = 0.0

    def reset(self, **kwargs: Any) -> tuple[Observation, dict[str, Any]]:
        self.total = 0.0
        return super().reset(**kwargs)

    def step(self, action: Any) -> Any:
        observation, reward, terminated, truncated, info = super().step(action)
        self.total = 0.9 * self.total + float(reward)
        return observation, self.total, terminated, truncated, info


def momentum() -> Momentum:
    """Makes a Drift in the wrapper Momentum."""
    return Momentum(Drift())


register_state(Drift, "position", "visited", ignore=["window"])
register_state(Late, "position", "visited", "resets", ignore=["window"])
register_state(
    Chaos, ignore=["simulator"], take=lambda env: env.simulator.save(), put=lambda env, state: env.simulator.load(state)
)
register_state(Stubborn, ignore=["simulator"], take=lambda env: 7.0, put=lambda env, state: env.simulator.load(state))
register_state(Mute, ignore=["simulator"], take=lambda env: env.simulator.hidden(), put=lambda env, state: None)
register_state(TiredHopper, "strength")
register_state(RandomHopper)
register_state(Momentum, "total")

gymnasium.register("State/Drift-v0", f"{__name__}:Drift", max_episode_steps=30)
gymnasium.register("State/Late-v0", f"{__name__}:Late", max_episode_steps=30)
gymnasium.register("State/Chaos-v0", f"{__name__}:Chaos", max_episode_steps=30)
gymnasium.register("State/Stubborn-v0", f"{__name__}:Stubborn", max_episode_steps=30)
gymnasium.register("State/Mute-v0", f"{__name__}:Mute", max_episode_steps=30)
gymnasium.register("State/TiredHopper-v0", f"{__name__}:TiredHopper", max_episode_steps=30)
gymnasium.register("State/RandomHopper-v0", f"{__name__}:RandomHopper", max_episode_steps=30)
gymnasium.register("State/Momentum-v0", f"{__name__}:momentum", max_episode_steps=30)
