# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Small environments with the spaces, infos and habits that the classic ones lack. Load with ``--import odd_envs``."""

import os
import time
from copy import deepcopy
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

SPACES: dict[str, spaces.Space[Any]] = {
    "Half": spaces.Box(-1.0, 1.0, (2, 3), np.float16),
    "Bytes": spaces.Box(0, 255, (4, 5, 3), np.uint8),
    "Number": spaces.Discrete(5, start=-2),
    "SmallNumber": spaces.Discrete(3, dtype=np.int8),
    "Numbers": spaces.MultiDiscrete(np.array([[2, 3], [4, 5]]), start=np.array([[0, 1], [2, -3]])),
    "Bits": spaces.MultiBinary((2, 3)),
    "Word": spaces.Text(6, charset="abcxyz"),
    "Pair": spaces.Tuple((spaces.Discrete(2), spaces.Box(-1.0, 1.0, (3,), np.float64))),
    "Record": spaces.Dict(
        [
            ("z", spaces.Discrete(4)),
            ("a", spaces.Dict({"deep": spaces.Box(0.0, 1.0, (2,)), "bits": spaces.MultiBinary(3)})),
        ]
    ),
    "Row": spaces.Sequence(spaces.Discrete(5)),
    "StackedRow": spaces.Sequence(spaces.Box(0.0, 1.0, (2,)), stack=True),
    "Net": spaces.Graph(spaces.Box(-1.0, 1.0, (2,)), spaces.Discrete(4)),
    "Either": spaces.OneOf((spaces.Discrete(3), spaces.Box(0.0, 1.0, (2,)), spaces.Text(3, charset="xyz"))),
    "Mixture": spaces.Dict(
        {
            "word": spaces.Text(3, charset="xyz"),
            "pair": spaces.Tuple((spaces.Text(2, charset="ab"), spaces.MultiBinary(2))),
            "row": spaces.Sequence(spaces.Text(2, charset="ab")),
        }
    ),
}


class Odd(gymnasium.Env[Any, Any]):
    """Observes samples of the named space and takes actions of it; an episode has 3 to 7 steps. Its infos have every
    kind of value, and keys that come and go."""

    def __init__(self, name: str, mode_of_reward: str = "float") -> None:
        self.observation_space = SPACES[name]
        self.action_space = SPACES[name]
        self.level = 1
        self._space = deepcopy(SPACES[name])
        self._reward = mode_of_reward
        self._steps_left = 0
        self._scratch = np.zeros(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        # The samples follow the environment's generator alone.
        self._space.seed(int(self.np_random.integers(2**31)))
        self._steps_left = int(self.np_random.integers(3, 8))
        # The same array as in the step before, as careless environments do.
        self._scratch[:] = -1.0
        return self._space.sample(), {"start": self._steps_left, "scratch": self._scratch, "options": str(options)}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(action), action
        self._steps_left -= 1
        draw = float(self.np_random.random())
        self._scratch[:] = draw, self._steps_left
        info: dict[str, Any] = {
            "draw": np.float32(draw),
            "scratch": self._scratch,
            "nested": {"left": self._steps_left},
        }
        if draw < 0.5:
            info |= {"word": "low", "none": None, "list": [1, 2.5], "flag": True, "empty": np.zeros((0, 2))}
        reward = {"float": draw, "int": int(draw * 10), "array": np.array([draw]), "numpy": np.float32(draw)}
        ended = self._steps_left == 0
        return self._space.sample(), reward[self._reward], ended and draw < 0.7, ended and draw > 0.3, info

    def scale(self, factor: float, *, offset: int = 0) -> float:
        """Returns level x factor + offset."""
        return self.level * factor + offset

    def broken(self) -> None:
        """Raises."""
        raise RuntimeError("nothing to see")

    def untold(self) -> object:
        """Returns what no Value can hold."""
        return object()

    def process(self) -> int:
        """Returns the id of the process that this environment is in."""
        return os.getpid()


class Sleeper(Odd):
    """Does not return from a step with the action 1."""

    def __init__(self) -> None:
        super().__init__("SmallNumber")
        self.action_space = spaces.Discrete(2)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        while action == 1:
            time.sleep(0.05)
        return super().step(action)


class Unmade(Odd):
    """Cannot be made."""

    def __init__(self) -> None:
        raise RuntimeError("no parts")


class CustomSpaced(Odd):
    """Has a space that is not one of Gymnasium's."""

    class Anything(spaces.Space[Any]):
        """Has no members to speak of."""

    def __init__(self) -> None:
        super().__init__("Number")
        self.observation_space = self.Anything()


class Drawing(Odd):
    """Draws itself in ways that the classic environments do not."""

    metadata: dict[str, Any] = {  # noqa: RUF012
        "render_modes": ["ansi", "rgbd_tuple", "depth_array", "rgb_array"],
        "render_fps": 10,
    }

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__("Number")
        self.render_mode = render_mode

    def render(self) -> Any:
        """Returns a picture that depends on the time."""
        rgb = np.arange(18, dtype=np.uint8).reshape(2, 3, 3) * self._steps_left
        depth = np.linspace(0, self._steps_left, 6, dtype=np.float32).reshape(3, 2).T
        return {"ansi": f"{self._steps_left} left", "rgbd_tuple": (rgb, depth), "depth_array": depth, "rgb_array": rgb}[
            self.render_mode or ""
        ]


for _name in SPACES:
    gymnasium.register(f"Odd/{_name}-v0", f"{__name__}:Odd", kwargs={"name": _name})
gymnasium.register("Odd/CustomSpaced-v0", f"{__name__}:CustomSpaced")
gymnasium.register("Odd/Sleeper-v0", f"{__name__}:Sleeper")
gymnasium.register("Odd/Unmade-v0", f"{__name__}:Unmade")
gymnasium.register("Odd/Drawing-v0", f"{__name__}:Drawing")
gymnasium.register("Odd/Lambda-v0", lambda **_: Odd("Number"))
