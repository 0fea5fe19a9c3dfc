# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Splits an environment's info into what can be sent and what cannot."""

from typing import Any

import numpy as np

from gymwire.codec import UnsupportedValueError
from gymwire.codec.arrays import MAX_AXES
from gymwire.codec.dtypes import NUMPY_DTYPES, WIRE_DTYPES
from gymwire.codec.values import as_received, shorten

# Every value of these types can be sent.
_NUMBERS = frozenset({bool, int, float, type(None), *(dtype.type for dtype in NUMPY_DTYPES.values())})

# The containers of a message can be nested only to a limited depth. A value of an info is inside two containers: the
# dict of the vector environment's infos, and the array with one value for each environment.
_CONTAINERS = 2

_NOTHING: dict[str, str] = {}


class PartialInfo(dict[Any, Any]):
    """An info without the entries that cannot be sent. `omitted` contains the reason for each key that was left out of
    this info. If the same step ended an episode and began the next one, `omitted` also contains the keys that were left
    out of the last info of the ended episode."""

    def __init__(self, info: dict[Any, Any], omitted: dict[str, str]) -> None:
        super().__init__(info)
        self.omitted = omitted


def split_info(info: dict[Any, Any]) -> tuple[dict[Any, Any], dict[str, str]]:
    """Returns two dicts. The first is the part of an info that can be sent, with values of plain types. The second
    contains, for each other key, the reason why the key or its value cannot be sent.

    The split must come before Gymnasium batches infos, because batching drops the mask of an array of numpy.ma. It must
    also come before pickling, because objects of the environment's own classes may not be picklable."""
    if all(type(key) is str and key.isascii() and _is_plain(value) for key, value in info.items()):
        return info, _NOTHING
    received: dict[Any, Any] = {}
    omitted: dict[str, str] = {}
    for key, value in info.items():
        try:
            (own_key,) = as_received({key: None})
            if _is_plain(value):
                received[own_key] = value
            else:
                # as_received comes first, because it refuses a value that contains itself.
                copy = as_received(value, _CONTAINERS)
                _check_axes(copy)
                received[own_key] = copy
        except UnsupportedValueError as error:
            omitted[_text(key if isinstance(key, str) else shorten(key))] = _text(str(error))
    return received, omitted


def _is_plain(value: object) -> bool:
    kind = type(value)
    return kind in _NUMBERS or (
        kind is np.ndarray and value.dtype in WIRE_DTYPES and value.ndim < MAX_AXES  # type: ignore[attr-defined]
    )


def _check_axes(value: object) -> None:
    """Raises UnsupportedValueError for an array with MAX_AXES axes or more, at any depth in dicts. Such an array would
    have too many axes later: when Gymnasium batches infos, each array gets one more axis."""
    if isinstance(value, dict):
        for element in value.values():
            _check_axes(element)
    elif isinstance(value, np.ndarray) and value.ndim >= MAX_AXES:
        raise UnsupportedValueError(
            f"an array with {value.ndim} axes cannot be sent in an info; at most {MAX_AXES - 1} are possible"
        )


def _text(text: str) -> str:
    # A Python string can contain half of a surrogate pair, but the UTF-8 of a message cannot.
    return text.encode(errors="replace").decode()
