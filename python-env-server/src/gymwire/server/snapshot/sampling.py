# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The random generators of an environment's spaces. `sample` uses them, and an environment may call `sample` in a reset
or step."""

from collections.abc import Iterable, Iterator
from typing import Any

from gymnasium.spaces import Space

from gymwire.server.errors import SnapshotUnsupportedError, WrongStateError
from gymwire.server.snapshot.parts import check_generator_state, generator_state, restored_generator


def take_generators(layers: Iterable[Any]) -> list[dict[str, int] | None]:
    """Returns the states of the generators of all spaces in the attributes of an environment and its wrappers. The
    state is None for a space without a generator. If no space has one, the list is empty."""
    taken: list[dict[str, int] | None] = []
    generators: set[int] = set()
    for layer, space in _spaces(layers):
        # Reading the property np_random would make a generator.
        generator = vars(space).get("_np_random")
        if generator is not None and (generator is layer.unwrapped._np_random or id(generator) in generators):
            raise SnapshotUnsupportedError(
                f"a space of {type(layer).__name__} shares its random generator with the environment or with another "
                "space, and after a restore each would have its own; give each space its own seed"
            )
        generators.add(id(generator))
        taken.append(None if generator is None else generator_state(generator))
    return taken if any(taken) else []


def check_generators(layers: Iterable[Any], saved: Any) -> None:
    """Raises ValueError or WrongStateError unless `saved` can be restored in the spaces of these layers."""
    if type(saved) is not list:
        raise ValueError(f"the generators of the spaces must be a list; got {saved!r:.80}")
    here = len(list(_spaces(layers)))
    if saved and len(saved) != here:
        raise WrongStateError(
            f"the environment has {here} spaces here, but {len(saved)} in the snapshot; make the session with the "
            "arguments of the snapshot's session"
        )
    for state in saved:
        if state is not None:
            check_generator_state("the generator of a space", state)


def put_generators(layers: Iterable[Any], saved: list[dict[str, int] | None]) -> None:
    """Restores checked states. A space without a saved state keeps its generator."""
    if not saved:
        return
    for (_, space), state in zip(_spaces(layers), saved, strict=True):
        if state is not None:
            space._np_random = restored_generator(state)


def _spaces(layers: Iterable[Any]) -> Iterator[tuple[Any, Space[Any]]]:
    """Yields each space once, with its layer, in an order that depends only on the classes and settings. The spaces
    inside other spaces are included."""
    found: set[int] = set()
    for layer in layers:
        attributes: dict[str, Any] = {}
        for base in reversed(type(layer).__mro__):
            attributes.update(vars(base))
        attributes.update(vars(layer))
        for name in sorted(attributes):
            waiting = list(_direct(attributes[name]))
            while waiting:
                space = waiting.pop()
                if id(space) not in found:
                    found.add(id(space))
                    yield layer, space
                    waiting.extend(inner for value in vars(space).values() for inner in _direct(value))


def _direct(value: Any) -> list[Space[Any]]:
    """Returns the spaces that a value is or contains directly."""
    if type(value) is dict:
        value = list(value.values())
    values = value if type(value) in (list, tuple) else [value]
    return [each for each in values if isinstance(each, Space)]
