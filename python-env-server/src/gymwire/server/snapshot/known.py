# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The classes of environments and wrappers whose state the server can save: classes of Gymnasium and Gymwire, and the
classes given to `register_state`."""

import sys
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import gymnasium
import numpy as np

from gymwire.server.errors import SnapshotUnsupportedError
from gymwire.server.snapshot.parts import (
    Attribute,
    Cell,
    Generator,
    Moments,
    Part,
    Queue,
    ReuseCheck,
    Stopwatch,
    anything,
    boolean,
    integer,
    number,
    numbers,
)
from gymwire.server.snapshot.registered import Adapter, RegisteredAttribute


class Kind(NamedTuple):
    """The known facts about a class."""

    parts: tuple[Part, ...]  # the parts of its state
    ignored: frozenset[str]  # the attributes that do not affect results, or that `take` and `put` save
    unshared: frozenset[str] = frozenset()  # the ignored attributes that must not share objects with the state


_CLASSIC = "gymnasium.envs.classic_control"
_TOY = "gymnasium.envs.toy_text"
_MUJOCO = "gymnasium.envs.mujoco"
_WRAPPERS = "gymnasium.wrappers"

# These attributes are not state. Spaces, specifications, metadata and the render mode follow from the constructor's
# arguments. The last two attributes are for pickling. Attributes with pictures are not listed here, because the module
# layers.py recognises pictures by their type (`pygame.Surface`).
_IGNORED_OF_ENVIRONMENTS = frozenset(
    [
        "spec",
        "metadata",
        "action_space",
        "observation_space",
        "render_mode",
        "_ezpickle_args",
        "_ezpickle_kwargs",
    ]
)
# Gymnasium's own environments also have the path of their model, and attributes for their windows.
_IGNORED_OF_GYMNASIUM = _IGNORED_OF_ENVIRONMENTS | {"fullpath", "clock", "isopen"}
_IGNORED_OF_WRAPPERS = frozenset(["env", "_action_space", "_observation_space", "_metadata", "_cached_spec"])


def _cards(name: str) -> Attribute:
    def accepts(value: Any) -> bool:
        return isinstance(value, list) and len(value) >= 2 and all(type(c) is int and 1 <= c <= 10 for c in value)

    return Attribute(name, accepts, "a list of at least two cards from 1 to 10")


def _card_face(name: str, drawn: str, plain: str = "") -> Attribute:
    """An attribute with one character of `drawn` or `plain`. The environment chooses the characters of `drawn` with
    numpy's random generator, so they have numpy's string type."""

    def accepts(value: Any) -> bool:
        return isinstance(value, str) and len(value) == 1 and value in drawn + plain

    def convert(value: str) -> str:
        return np.str_(value) if value in drawn else value

    return Attribute(name, accepts, f"one of the characters {drawn + plain}", convert)


class _LakeCell(Cell):
    """The cell of FrozenLake. `take` refuses an environment that has drawn its map."""

    def take(self, owner: Any) -> Any:
        kwargs = owner.spec.kwargs if owner.spec is not None else {}
        # Without `map_name`, the constructor uses its default map.
        if kwargs.get("map_name", "4x4") is None and kwargs.get("desc") is None:
            raise SnapshotUnsupportedError(
                "with map_name None, FrozenLake draws its map without a seed when it is made, and a snapshot does not "
                "contain the map; make it with map_name '4x4' or '8x8', or with a map in desc"
            )
        return super().take(owner)


def _grid(actions: int, cell: Part | None = None) -> tuple[Part, ...]:
    return cell or Cell("s"), integer("lastaction", 0, actions - 1, optional=True)


_ENVIRONMENTS: dict[str, tuple[Part, ...]] = {
    f"{_CLASSIC}.cartpole.CartPoleEnv": (numbers("state", 4), integer("steps_beyond_terminated", 0, optional=True)),
    f"{_CLASSIC}.acrobot.AcrobotEnv": (numbers("state", 4),),
    f"{_CLASSIC}.mountain_car.MountainCarEnv": (numbers("state", 2),),
    f"{_CLASSIC}.continuous_mountain_car.Continuous_MountainCarEnv": (numbers("state", 2),),
    f"{_CLASSIC}.pendulum.PendulumEnv": (numbers("state", 2), number("last_u", optional=True)),
    f"{_TOY}.blackjack.BlackjackEnv": (
        _cards("player"),
        _cards("dealer"),
        _card_face("dealer_top_card_suit", "CDHS"),
        _card_face("dealer_top_card_value_str", "JQK", "A23456789"),
    ),
    f"{_TOY}.frozen_lake.FrozenLakeEnv": _grid(4, _LakeCell("s")),
    f"{_TOY}.cliffwalking.CliffWalkingEnv": _grid(4),
    f"{_TOY}.taxi.TaxiEnv": (*_grid(6), boolean("fickle_step"), integer("taxi_orientation", 0, 5)),
    # `_common_parts` adds the simulation to the parts of the classes below.
    f"{_MUJOCO}.ant_v5.AntEnv": (),
    f"{_MUJOCO}.half_cheetah_v5.HalfCheetahEnv": (),
    f"{_MUJOCO}.hopper_v5.HopperEnv": (),
    f"{_MUJOCO}.humanoid_v5.HumanoidEnv": (),
    f"{_MUJOCO}.humanoidstandup_v5.HumanoidStandupEnv": (),
    f"{_MUJOCO}.inverted_double_pendulum_v5.InvertedDoublePendulumEnv": (),
    f"{_MUJOCO}.inverted_pendulum_v5.InvertedPendulumEnv": (),
    # A reset writes into init_qpos, so init_qpos is a part of the state.
    f"{_MUJOCO}.pusher_v5.PusherEnv": (numbers("goal_pos", 2), numbers("cylinder_pos", 2), numbers("init_qpos", 11)),
    f"{_MUJOCO}.reacher_v5.ReacherEnv": (numbers("goal", 2),),
    f"{_MUJOCO}.swimmer_v5.SwimmerEnv": (),
    f"{_MUJOCO}.walker2d_v5.Walker2dEnv": (),
}

_STATEFUL_WRAPPERS: dict[str, tuple[Part, ...]] = {
    f"{_WRAPPERS}.common.TimeLimit": (integer("_elapsed_steps", 0, optional=True),),
    f"{_WRAPPERS}.common.OrderEnforcing": (boolean("_has_reset"),),
    f"{_WRAPPERS}.common.PassiveEnvChecker": (
        *map(boolean, ("checked_reset", "checked_step", "checked_render", "close_called")),
        ReuseCheck(),
    ),
    f"{_WRAPPERS}.common.Autoreset": (boolean("autoreset"),),
    f"{_WRAPPERS}.common.RecordEpisodeStatistics": (
        integer("episode_count", 0),
        Stopwatch("episode_start_time"),
        number("episode_returns"),
        integer("episode_lengths", 0),
        Queue("time_queue"),
        Queue("return_queue"),
        Queue("length_queue"),
    ),
    f"{_WRAPPERS}.stateful_action.StickyAction": (
        anything("last_action"),
        boolean("is_sticky_actions"),
        integer("num_repeats", 0),
        integer("repeats_taken", 0),
    ),
    f"{_WRAPPERS}.stateful_observation.DelayObservation": (Queue("observation_queue"),),
    f"{_WRAPPERS}.stateful_observation.TimeAwareObservation": (integer("timesteps", 0),),
    f"{_WRAPPERS}.stateful_observation.FrameStackObservation": (Queue("obs_queue"), anything("padding_value")),
    f"{_WRAPPERS}.stateful_observation.NormalizeObservation": (Moments("obs_rms"), boolean("_update_running_mean")),
    f"{_WRAPPERS}.stateful_observation.MaxAndSkipObservation": (anything("_obs_buffer"),),
    f"{_WRAPPERS}.stateful_reward.NormalizeReward": (
        Moments("return_rms"),
        numbers("discounted_reward", 1),
        boolean("_update_running_mean"),
    ),
}

# Wrappers whose results depend only on their arguments and on the values that they transform.
_STATELESS_WRAPPERS = [
    f"{_WRAPPERS}.stateful_action.RepeatAction",
    f"{_WRAPPERS}.transform_action.ClipAction",
    f"{_WRAPPERS}.transform_action.RescaleAction",
    f"{_WRAPPERS}.transform_action.DiscretizeAction",
    f"{_WRAPPERS}.transform_observation.DtypeObservation",
    f"{_WRAPPERS}.transform_observation.FilterObservation",
    f"{_WRAPPERS}.transform_observation.FlattenObservation",
    f"{_WRAPPERS}.transform_observation.GrayscaleObservation",
    f"{_WRAPPERS}.transform_observation.ResizeObservation",
    f"{_WRAPPERS}.transform_observation.ReshapeObservation",
    f"{_WRAPPERS}.transform_observation.RescaleObservation",
    f"{_WRAPPERS}.transform_observation.DiscretizeObservation",
    f"{_WRAPPERS}.transform_reward.ClipReward",
    "gymwire.server.masks.ActionMaskObservation",
]

# Attributes that are no state: functions made from the arguments, and buffers that are filled before they are read.
_IGNORED_OF_KINDS = {
    f"{_WRAPPERS}.stateful_observation.TimeAwareObservation": frozenset(
        ("_time_preprocess_func", "_append_data_func", "_obs_postprocess_func")
    ),
    f"{_WRAPPERS}.stateful_observation.FrameStackObservation": frozenset(("stacked_obs",)),
    **{name: frozenset(("func",)) for name in _STATELESS_WRAPPERS},
}


# The classes given to register_state.
_registered: dict[type, Kind] = {}


def register_state(
    owner_class: type,
    *attributes: str,
    ignore: Iterable[str] = (),
    take: Callable[[Any], Any] | None = None,
    put: Callable[[Any, Any], None] | None = None,
) -> None:
    """Declares the state of a class of environments or wrappers, so that snapshots can save it. The declaration
    applies to exactly this class, not to classes derived from it.

    The state is the values of `attributes`. `take(env)` returns other state, for example of a simulator, as one value,
    and `put(env, value)` writes it. Values must be of exactly these types, because a message does not keep others:
    None, bool, int, float, str, bytes, numpy arrays, numpy numbers and bools, and lists, tuples, dicts and
    GraphInstances of them. A snapshot is refused if a value has another type, even a derived one such as IntEnum or
    Counter. A snapshot is also refused if an array, a list or a dict is in two attributes, or twice in one attribute.
    If an attribute in `ignore` contains an array, a list or a dict of the state, `put` is needed, and it must set this
    attribute.

    Do not name an environment's random generator (`np_random`), the spaces, or the simulation of a class derived from
    Gymnasium's `MujocoEnv`. The simulation, this generator and the generators of the spaces are always saved.

    `ignore` names attributes that do not affect results, such as windows, caches and the simulator's handle, and
    attributes that `take` and `put` save. Spaces, the specification, the metadata, the render mode and pictures are
    always ignored. In a class derived from one of Gymnasium's environments, `clock`, `isopen` and `fullpath` are
    ignored too. All other attributes are settings. A state is restored only in an environment with the same settings.

    Raises TypeError for a class that is neither an environment nor a wrapper, and for `take` without `put` or `put`
    without `take`. Raises ValueError for an attribute that is named twice."""
    if not (isinstance(owner_class, type) and issubclass(owner_class, gymnasium.Env)):
        raise TypeError(f"a class derived from gymnasium.Env is needed; got {owner_class!r}")
    if (take is None) != (put is None):
        raise TypeError("take and put go together; only one of them is given")
    ignored = list(ignore)
    named = [*attributes, *ignored]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise ValueError(f"each attribute must be named only once; got {', '.join(twice)} twice")
    parts: list[Part] = [RegisteredAttribute(name) for name in attributes]
    unshared = frozenset(ignored)
    if take is not None and put is not None:
        parts.append(Adapter(take, put))
        # `put` can set the ignored attributes again.
        unshared = frozenset()
    if issubclass(owner_class, gymnasium.Wrapper):
        kind = Kind(tuple(parts), _IGNORED_OF_WRAPPERS.union(ignored), unshared)
    else:
        is_derived = any(base.__module__.startswith("gymnasium.envs.") for base in owner_class.__mro__)
        common = _IGNORED_OF_GYMNASIUM if is_derived else _IGNORED_OF_ENVIRONMENTS
        kind = Kind((*_common_parts(owner_class), *parts), common.union(ignored), unshared)
    _registered[owner_class] = kind


def _common_parts(env_class: type) -> tuple[Part, ...]:
    """Returns the parts that an environment has because of its base class."""
    if not any(class_name(base) == f"{_MUJOCO}.mujoco_env.MujocoEnv" for base in env_class.__mro__):
        return (Generator(),)
    # The import is here because the package mujoco may be missing where no MuJoCo environment is used.
    from gymwire.server.snapshot.physics import Camera, Physics

    return Generator(), Physics(), Camera()


def is_registered(owner_class: type) -> bool:
    """Returns whether `register_state` has declared the state of exactly this class."""
    return owner_class in _registered


def kind_of(owner_class: type) -> Kind:
    """Returns what is known about exactly this class (not about its base classes). Raises SnapshotUnsupportedError for
    an unknown class."""
    if owner_class in _registered:
        return _registered[owner_class]
    name = class_name(owner_class)
    if getattr(sys.modules.get(owner_class.__module__), owner_class.__qualname__, None) is not owner_class:
        raise SnapshotUnsupportedError(f"{name} is not among the classes whose state is known")
    if name in _ENVIRONMENTS:
        return Kind((*_common_parts(owner_class), *_ENVIRONMENTS[name]), _IGNORED_OF_GYMNASIUM)
    if name in _STATELESS_WRAPPERS or name in _STATEFUL_WRAPPERS:
        return Kind(_STATEFUL_WRAPPERS.get(name, ()), _IGNORED_OF_WRAPPERS | _IGNORED_OF_KINDS.get(name, frozenset()))
    raise SnapshotUnsupportedError(_reason(name))


def class_name(owner_class: type) -> str:
    """Returns the class's full name."""
    return f"{owner_class.__module__}.{owner_class.__qualname__}"


def _reason(name: str) -> str:
    if name.startswith("gymnasium.envs.box2d."):
        return f"the state of {name} cannot be saved: Box2D does not expose its contacts and its solver's caches"
    if name.startswith(f"{_WRAPPERS}."):
        return f"the wrapper {name} is not among the wrappers whose state is known"
    return (
        f"{name} is not among the classes whose state is known: the MuJoCo v5 tasks, classic control, toy text, "
        "most of Gymnasium's wrappers, and the classes given to gymwire.server.snapshot.register_state"
    )
