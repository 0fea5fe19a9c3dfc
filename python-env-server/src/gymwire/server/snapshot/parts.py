# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Saves and restores the parts of an environment's or a wrapper's state."""

import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from gymwire.server.errors import SnapshotUnsupportedError

_MISSING = object()

# The values in the state of a PCG64 are below these limits.
_GENERATOR_LIMITS = {"state": 2**128, "inc": 2**128, "has_uint32": 2, "uinteger": 2**32}


class Part(ABC):
    """Saves one part of an owner's state as a plain value, and restores it in the same owner or in another owner of the
    same class. The owner is an environment or a wrapper."""

    def __init__(self, name: str, *attributes: str) -> None:
        self.name = name
        # The attributes of the owner that belong to this part.
        self.attributes = frozenset(attributes or (name,))

    @abstractmethod
    def take(self, owner: Any) -> Any:
        """Returns the state as a value that can be sent."""

    @abstractmethod
    def check(self, owner: Any, value: Any) -> None:
        """Raises an error unless `value` can be restored in `owner`; changes nothing. The error is a ValueError, or a
        WrongStateError if the value belongs to another MuJoCo model."""

    @abstractmethod
    def put(self, owner: Any, value: Any) -> None:
        """Restores a checked value in the owner."""


class Attribute(Part):
    """One attribute, saved as it is. `convert` restores the attribute's type if the encoding does not keep the type."""

    def __init__(
        self, name: str, accepts: Callable[[Any], bool], wanted: str, convert: Callable[[Any], Any] | None = None
    ) -> None:
        super().__init__(name)
        self.accepts = accepts
        self._wanted = wanted
        self._convert = convert

    def take(self, owner: Any) -> Any:
        value = vars(owner).get(self.name, _MISSING)
        if value is _MISSING or not self.accepts(value):
            shown = "missing" if value is _MISSING else repr(value)[:80]
            raise SnapshotUnsupportedError(
                f"{type(owner).__name__}.{self.name} is {shown}, but a snapshot stores {self._wanted}"
            )
        return value

    def check(self, owner: Any, value: Any) -> None:
        if not self.accepts(value):
            raise ValueError(f"{self.name} must be {self._wanted}; got {value!r:.80}")

    def put(self, owner: Any, value: Any) -> None:
        setattr(owner, self.name, own(value) if self._convert is None else self._convert(value))


class Cell(Part):
    """The state of one of Gymnasium's toy text environments: an element of its Discrete observation space."""

    def take(self, owner: Any) -> Any:
        value = getattr(owner, self.name)
        try:
            self.check(owner, value)
        except ValueError as error:
            raise SnapshotUnsupportedError(str(error)) from None
        return value

    def check(self, owner: Any, value: Any) -> None:
        if not isinstance(value, (int, np.integer)) or not owner.observation_space.contains(np.int64(value)):
            raise ValueError(f"{self.name} must be in {owner.observation_space}; got {value!r:.80}")

    def put(self, owner: Any, value: Any) -> None:
        setattr(owner, self.name, value)


class Generator(Part):
    """The environment's random generator: numpy's PCG64 with its 128-bit state, as Gymnasium makes it."""

    def __init__(self) -> None:
        super().__init__("np_random", "_np_random", "_np_random_seed")

    def take(self, owner: Any) -> dict[str, Any]:
        # Reading the property makes a generator if there is none yet.
        return {**generator_state(owner.np_random), "seed": owner._np_random_seed}

    def check(self, owner: Any, value: Any) -> None:
        check_keys("np_random", value, (*_GENERATOR_LIMITS, "seed"))
        check_generator_state("np_random", {key: value[key] for key in _GENERATOR_LIMITS})
        if value["seed"] is not None and type(value["seed"]) is not int:
            raise ValueError(f"np_random.seed must be an int or None; got {value['seed']!r:.80}")

    def put(self, owner: Any, value: Any) -> None:
        owner._np_random = restored_generator(value)
        owner._np_random_seed = value["seed"]


class Queue(Part):
    """A deque. A restore replaces the elements of the owner's deque, not the deque itself, because a wrapper
    (DelayObservation) declares the attribute final. The maximum length of a deque is a setting, not state: a restore
    compares it, but does not change it."""

    def take(self, owner: Any) -> dict[str, Any]:
        queue = getattr(owner, self.name)
        return {"maxlen": queue.maxlen, "elements": list(queue)}

    def check(self, owner: Any, value: Any) -> None:
        check_keys(self.name, value, ("maxlen", "elements"))
        maxlen = getattr(owner, self.name).maxlen
        if type(value["maxlen"]) is not type(maxlen) or value["maxlen"] != maxlen:
            raise ValueError(
                f"{self.name} has the maximum length {maxlen} here, but {value['maxlen']!r:.80} in the snapshot"
            )
        elements = value["elements"]
        if not isinstance(elements, list) or (maxlen is not None and len(elements) > maxlen):
            raise ValueError(f"{self.name} must be a list of maximum length {maxlen}; got {elements!r:.80}")

    def put(self, owner: Any, value: Any) -> None:
        queue: deque[Any] = getattr(owner, self.name)
        queue.clear()
        queue.extend(own(value["elements"]))


class Moments(Part):
    """A RunningMeanStd: its mean and variance, which have the same shape, and its count."""

    def take(self, owner: Any) -> dict[str, Any]:
        moments = getattr(owner, self.name)
        return {"mean": moments.mean, "var": moments.var, "count": moments.count}

    def check(self, owner: Any, value: Any) -> None:
        check_keys(self.name, value, ("mean", "var", "count"))
        here = getattr(owner, self.name)
        for key in ("mean", "var"):
            there, shape = value[key], np.shape(getattr(here, key))
            if not is_real(there) or np.shape(there) != shape:
                raise ValueError(f"{self.name}.{key} must be numbers of shape {shape}; got {there!r:.80}")
        if not is_real(value["count"]) or np.shape(value["count"]):
            raise ValueError(f"{self.name}.count must be a number; got {value['count']!r:.80}")

    def put(self, owner: Any, value: Any) -> None:
        moments = getattr(owner, self.name)
        for key in ("mean", "var", "count"):
            setattr(moments, key, own(value[key]))


class ReuseCheck(Part):
    """Whether the PassiveEnvChecker has finished its check that an environment returns new objects in each step.
    Gymnasium 1.4 and later make this check in the first two steps. The objects that the checker keeps are not saved,
    because an environment in another process never returns the same objects."""

    def __init__(self) -> None:
        super().__init__("checked_data_reuse", "checked_data_reuse", "_previous_data")

    def take(self, owner: Any) -> bool:
        return bool(vars(owner).get(self.name, True))

    def check(self, owner: Any, value: Any) -> None:
        if type(value) is not bool:
            raise ValueError(f"{self.name} must be a bool; got {value!r:.80}")

    def put(self, owner: Any, value: Any) -> None:
        if self.name in vars(owner):
            owner.checked_data_reuse = value
            # The pair stands for the previous observation and info. Both are None here, and None is never the same
            # object as the next observation or info.
            owner._previous_data = None if value else (None, None)


class Stopwatch(Part):
    """The start time of a measurement. The seconds since the start are saved, because the clock can have another zero
    point in another process or on another machine."""

    def take(self, owner: Any) -> float:
        return time.perf_counter() - float(getattr(owner, self.name))

    def check(self, owner: Any, value: Any) -> None:
        if type(value) is not float:
            raise ValueError(f"{self.name} must be a float; got {value!r:.80}")

    def put(self, owner: Any, value: Any) -> None:
        setattr(owner, self.name, time.perf_counter() - value)


def generator_state(generator: Any) -> dict[str, int]:
    """Returns the state of a random generator. Raises SnapshotUnsupportedError for a generator of another kind."""
    bits = generator.bit_generator
    if type(generator) is not np.random.Generator or type(bits) is not np.random.PCG64:
        raise SnapshotUnsupportedError(
            f"a snapshot can store a Generator of PCG64, not a {type(generator).__name__} of {type(bits).__name__}"
        )
    state = bits.state
    return {
        "state": state["state"]["state"],
        "inc": state["state"]["inc"],
        "has_uint32": state["has_uint32"],
        "uinteger": state["uinteger"],
    }


def check_generator_state(name: str, value: Any) -> None:
    """Raises ValueError unless `value` is the state of a random generator."""
    check_keys(name, value, tuple(_GENERATOR_LIMITS))
    for key, limit in _GENERATOR_LIMITS.items():
        if type(value[key]) is not int or not 0 <= value[key] < limit:
            raise ValueError(f"{name}.{key} must be an int from 0 to {limit - 1}; got {value[key]!r:.80}")
    if value["inc"] % 2 == 0:
        raise ValueError(f"{name}.inc must be odd; got {value['inc']}")


def restored_generator(value: dict[str, int]) -> np.random.Generator:
    """Returns a new random generator with this state."""
    bits = np.random.PCG64()
    bits.state = {
        "bit_generator": "PCG64",
        "state": {"state": value["state"], "inc": value["inc"]},
        "has_uint32": value["has_uint32"],
        "uinteger": value["uinteger"],
    }
    return np.random.Generator(bits)


def own(value: Any) -> Any:
    """Returns a copy that the owner of the state may write to. Lists, tuples, dicts and arrays are copied at all
    levels."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(own(element) for element in value)
    if type(value) is dict:
        return {key: own(element) for key, element in value.items()}
    return value


def check_keys(name: str, value: Any, keys: tuple[str, ...]) -> None:
    """Raises ValueError unless `value` is a dict of exactly these keys."""
    if type(value) is not dict or set(value) != set(keys):
        shown = sorted(map(str, value)) if type(value) is dict else f"{value!r:.80}"
        raise ValueError(f"{name} must be a dict of {', '.join(sorted(keys))}; got {shown}")


def differ(one: Any, other: Any) -> bool:
    """Returns whether two values differ. At most one of them may be an array. The types are compared first, because a
    comparison with an array does not give a bool."""
    return type(one) is not type(other) or bool(one != other)


def is_real(value: Any) -> bool:
    """Returns whether a value is a real number or an array of real numbers."""
    if isinstance(value, (bool, np.bool_)):
        return False
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iuf"
    return isinstance(value, (int, float, np.integer, np.floating))


def is_anything(value: Any) -> bool:
    """Accepts every value that can be sent."""
    return True


def integer(name: str, low: int, high: int | None = None, optional: bool = False) -> Attribute:
    """An integer of Python or numpy from `low` to `high` (None: no maximum), or None if `optional` is true."""

    def accepts(value: Any) -> bool:
        if value is None:
            return optional
        is_integer = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        return is_integer and low <= value and (high is None or value <= high)

    bound = "" if high is None else f" to {high}"
    return Attribute(name, accepts, f"an integer from {low}{bound}" + (" or None" if optional else ""))


def boolean(name: str) -> Attribute:
    """A bool of Python or numpy."""
    return Attribute(name, lambda value: isinstance(value, (bool, np.bool_)), "a bool")


def number(name: str, optional: bool = False) -> Attribute:
    """One real number, or None if `optional` is true."""

    def accepts(value: Any) -> bool:
        return (value is None and optional) or (is_real(value) and np.shape(value) == ())

    return Attribute(name, accepts, "a number" + (" or None" if optional else ""))


def numbers(name: str, count: int) -> Attribute:
    """A tuple, list or array of `count` real numbers."""

    def accepts(value: Any) -> bool:
        if isinstance(value, np.ndarray):
            return is_real(value) and value.shape == (count,)
        return isinstance(value, (tuple, list)) and len(value) == count and all(is_number(v) for v in value)

    def is_number(value: Any) -> bool:
        return is_real(value) and np.shape(value) == ()

    return Attribute(name, accepts, f"{count} numbers")


def anything(name: str) -> Attribute:
    """Any value that can be sent."""
    return Attribute(name, is_anything, "its value")
