# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Small environments with spaces, infos and behaviour that the classic environments lack. Load them with
``--import odd_envs``."""

import os
import time
from copy import deepcopy
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium_at_hand import HAS_DISCRETE_DTYPES, HAS_GRAPHS_OF_ANY_SPACES
from odd_values import Colour, Level, Pair, Plain, Unprintable, plain_values, strange_values

SPACES: dict[str, spaces.Space[Any]] = {
    "Half": spaces.Box(-1.0, 1.0, (2, 3), np.float16),
    "Bytes": spaces.Box(0, 255, (4, 5, 3), np.uint8),
    "Number": spaces.Discrete(5, start=-2),
    "SmallNumber": spaces.Discrete(3, dtype=np.int8) if HAS_DISCRETE_DTYPES else spaces.Discrete(3),
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
if HAS_GRAPHS_OF_ANY_SPACES:
    SPACES["AnyNet"] = spaces.Graph(
        spaces.Dict({"bits": spaces.MultiBinary(3), "word": spaces.Text(3, charset="xyz")}),
        spaces.Tuple((spaces.Discrete(4), spaces.Box(-1.0, 1.0, (2,)))),
    )


class Odd(gymnasium.Env[Any, Any]):
    """Its observations are samples of the named space, and its actions are from the same space. An episode has 3 to 7
    steps. The infos have values of many kinds, and some keys are not in every step."""

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
        # The samples depend only on the environment's random generator.
        self._space.seed(int(self.np_random.integers(2**31)))
        self._steps_left = int(self.np_random.integers(3, 8))
        # Reuses the array that the last step returned, as careless environments do.
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
        """Raises an error."""
        raise RuntimeError("nothing to see")

    def untold(self) -> object:
        """Returns an object that no Value can contain."""
        return object()

    def process(self) -> int:
        """Returns the id of this environment's process."""
        return os.getpid()


class Ragged(gymnasium.Env[Any, Any]):
    """Gives infos that Gymnasium cannot batch: an int outside int64, and an array whose length depends on the
    environment's seed."""

    observation_space: spaces.Space[Any] = spaces.Discrete(10)
    action_space: spaces.Space[Any] = spaces.Discrete(2)

    def __init__(self, size: int = 0) -> None:
        if size < 0:
            raise ValueError("the size is wrong:\ngive at least 0")

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        return 0, self._info()

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        return 1, 1.0, False, False, self._info()

    def _info(self) -> dict[str, Any]:
        length = self.np_random_seed % 1000
        return {"before": 1, "huge": 2**70, "array": np.zeros(length), "after": 2.0}


class Disordered(Ragged):
    """Its observations are dicts with keys that are not in the order of the space. They contain lists and Python
    numbers instead of arrays. Each episode has one step."""

    observation_space = spaces.Dict(
        {"a": spaces.Box(0.0, 1.0, (2,)), "b": spaces.Box(5.0, 6.0, ()), "c": spaces.Discrete(3)}
    )

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        gymnasium.Env.reset(self, seed=seed)
        return {"c": 1, "b": 5.5, "a": [0.0, 0.25]}, {}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        return {"c": 2, "b": 6.0, "a": [0.5, 0.75]}, 1.0, False, True, {}


class Growing(Ragged):
    """The text in its info is longer after each step, by 600,000 characters."""

    _length = 0

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        self._length += 600_000
        return 1, 1.0, False, False, {"text": "x" * self._length}


class Described(Ragged):
    """Its metadata and the arguments in its specification contain values that cannot be sent."""

    metadata: dict[str, Any] = {"maker": object}  # noqa: RUF012

    def __init__(self, settings: Any) -> None:
        super().__init__()


class Strange(gymnasium.Env[Any, Any]):
    """Counts its steps and ends at the third step. At `when` ("reset", "step" or "end"), its infos include
    the `strange_values`, which cannot be sent. The argument `only` can be the key of a strange value; then the infos
    include no other strange value. With `only="keys"`, they include no strange value, but some of their keys cannot be
    sent."""

    observation_space: spaces.Space[Any] = spaces.Discrete(10)
    action_space: spaces.Space[Any] = spaces.Discrete(2)

    def __init__(self, when: str = "step", only: str = "") -> None:
        self._when = when
        self._only = only
        self._count = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self._count = 0
        return 0, self._info("reset")

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        self._count += 1
        ended = self._count == 3
        return self._count, float(self._count), ended, False, self._info("end" if ended else "step")

    def _info(self, moment: str) -> dict[str, Any]:
        strange: dict[Any, Any] = strange_values() if moment == self._when else {}
        if self._only:
            strange = {key: value for key, value in strange.items() if key == self._only}
            if self._only == "keys" and moment == self._when:
                strange = {Colour.RED: 1, Unprintable(): 1, 1.5: 1, None: 1, Level.HIGH: "three", (1, "a"): 2}
        return {"count": self._count, **strange, **plain_values()}


class Masked(gymnasium.Env[Any, Any]):
    """Returns a masked array or a masked number in each step. `part` is its place: "observation", "dict" (in an
    observation that is a dict), "reward" or "end" (in the last observation of an episode)."""

    action_space: spaces.Space[Any] = spaces.Discrete(2)

    def __init__(self, part: str) -> None:
        box = spaces.Box(-9.0, 9.0, (2,), np.float64)
        self.observation_space = spaces.Dict({"a": box}) if part == "dict" else box
        self._part = part

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        return ({"a": np.zeros(2)} if self._part == "dict" else np.zeros(2)), {}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        masked = np.ma.masked_array([1.0, 2.0], mask=[False, True])
        observation: Any = {
            "observation": masked,
            "end": masked,
            "dict": {"a": masked},
            "reward": np.zeros(2),
        }[self._part]
        return observation, (masked[1] if self._part == "reward" else 1.0), self._part == "end", False, {}


class Unseeded(gymnasium.Env[Any, Any]):
    """Draws no random number before its second step. With `own`, its resets ignore the seed."""

    observation_space: spaces.Space[Any] = spaces.Box(0.0, 1.0, (), np.float64)
    action_space: spaces.Space[Any] = spaces.Discrete(2)

    def __init__(self, own: bool = False) -> None:
        self._own = own

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        self._count = 0
        if self._own:
            self.np_random = np.random.default_rng(0)
        else:
            super().reset(seed=seed)
        return np.zeros(()), {}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        self._count += 1
        drawn = self.np_random.random() if self._count > 1 else 0.0
        return np.array(drawn), 0.0, False, False, {}


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
    """Has a space of a class that Gymnasium does not define."""

    class Anything(spaces.Space[Any]):
        """A space without the methods `sample` and `contains`."""

    def __init__(self) -> None:
        super().__init__("Number")
        self.observation_space = self.Anything()


class Logged(Odd):
    """Writes a line to a file when it is made, and another one when it is closed. Without an observation space, or with
    the space of CustomSpaced, it is refused."""

    def __init__(self, log: str, space: str = "Number") -> None:
        super().__init__("Number")
        self._log = log
        self._write("made")
        if space == "none":
            del self.observation_space
        elif space == "custom":
            self.observation_space = CustomSpaced.Anything()

    def close(self) -> None:
        self._write("closed")

    def _write(self, line: str) -> None:
        with open(self._log, "a", encoding="utf-8") as file:
            file.write(f"{line}\n")


class Mission(spaces.Space[str]):
    """A space of sentences that have one form, like the missions of MiniGrid."""

    def __init__(self) -> None:
        super().__init__(dtype=str)

    def sample(self, mask: Any = None, probability: Any = None) -> str:
        """Draws a sentence."""
        return f"get the {('grey', 'blue')[self.np_random.integers(2)]} ball"

    def contains(self, x: Any) -> bool:
        """Returns whether `x` is a sentence of this form."""
        return x in ("get the grey ball", "get the blue ball")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mission)


class Angles(spaces.Box):
    """A subclass of Gymnasium's Box."""

    def __init__(self) -> None:
        super().__init__(-np.pi, np.pi, (2,), np.float64)


class AuthorSpaced(Odd):
    """Its observations are samples of spaces that the author of the environment defines."""

    def __init__(self) -> None:
        super().__init__("Number")
        self.observation_space = spaces.Dict({"mission": Mission(), "angles": Angles()})
        self._space = deepcopy(self.observation_space)


class Drawing(Odd):
    """Renders in the mode rgb_array, and in modes that the classic environments do not have."""

    metadata: dict[str, Any] = {  # noqa: RUF012
        "render_modes": ["ansi", "rgbd_tuple", "depth_array", "rgb_array"],
        "render_fps": 10,
    }

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__("Number")
        self.render_mode = render_mode

    def render(self) -> Any:
        """Returns pictures or a text; they depend on the number of steps left."""
        rgb = np.arange(18, dtype=np.uint8).reshape(2, 3, 3) * self._steps_left
        depth = np.linspace(0, self._steps_left, 6, dtype=np.float32).reshape(3, 2).T
        return {"ansi": f"{self._steps_left} left", "rgbd_tuple": (rgb, depth), "depth_array": depth, "rgb_array": rgb}[
            self.render_mode or ""
        ]


class Nested(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Makes another environment by an id that the module other_ids registers."""

    def __init__(self) -> None:
        super().__init__(gymnasium.make("Other/Walk-v0"))


for _name in SPACES:
    gymnasium.register(f"Odd/{_name}-v0", f"{__name__}:Odd", kwargs={"name": _name})
gymnasium.register("Odd/CustomSpaced-v0", f"{__name__}:CustomSpaced")
gymnasium.register("Odd/AuthorSpaced-v0", f"{__name__}:AuthorSpaced")
gymnasium.register("Odd/Sleeper-v0", f"{__name__}:Sleeper")
gymnasium.register("Odd/Unmade-v0", f"{__name__}:Unmade")
gymnasium.register("Odd/Drawing-v0", f"{__name__}:Drawing")
gymnasium.register("Odd/Ragged-v0", f"{__name__}:Ragged", disable_env_checker=True)
gymnasium.register("Odd/Disordered-v0", f"{__name__}:Disordered", disable_env_checker=True)
gymnasium.register("Odd/Growing-v0", f"{__name__}:Growing", disable_env_checker=True)
gymnasium.register(
    "Odd/Described-v0",
    f"{__name__}:Described",
    disable_env_checker=True,
    kwargs={"settings": {1.5: Pair(1, 2), None: [Plain()]}},
)
gymnasium.register("Odd/Strange-v0", f"{__name__}:Strange", disable_env_checker=True)
gymnasium.register("Odd/Masked-v0", f"{__name__}:Masked", disable_env_checker=True)
gymnasium.register("Odd/Unseeded-v0", f"{__name__}:Unseeded", disable_env_checker=True)
gymnasium.register("Odd/Lambda-v0", lambda **_: Odd("Number"))
