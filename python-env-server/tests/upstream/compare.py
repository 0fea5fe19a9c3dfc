# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Compares values and types bit for bit. Unlike in Gymnasium's data_equivalence, a NaN equals itself, and 0.0 differs
from -0.0."""

import struct
from typing import Any

import numpy as np


def assert_identical(received: Any, expected: Any, path: str = "result") -> None:
    """Raises an AssertionError that says where two values differ."""
    # The contract has no numpy type for flags: an np.bool_ for terminated or truncated is received as a bool. The path
    # of such a flag has one pair of brackets, e.g. result[2].
    if type(expected) is np.bool_ and type(received) is bool and path.count("[") == 1:
        expected = bool(expected)
    assert type(received) is type(expected), f"{path} is {received!r}, but should be {expected!r}"
    if isinstance(expected, dict):
        assert received.keys() == expected.keys(), path
        for key in expected:
            assert_identical(received[key], expected[key], f"{path}[{key!r}]")
    elif isinstance(expected, (list, tuple)):
        assert len(received) == len(expected), path
        for index, (left, right) in enumerate(zip(received, expected, strict=True)):
            assert_identical(left, right, f"{path}[{index}]")
    elif isinstance(expected, (np.ndarray, np.generic)):
        assert (received.dtype, received.shape) == (expected.dtype, expected.shape), path
        if expected.dtype == object:
            assert_identical(received.tolist(), expected.tolist(), path)
        else:
            assert received.tobytes() == expected.tobytes(), f"{path} is {received!r}, but should be {expected!r}"
    elif isinstance(expected, float):
        assert struct.pack("<d", received) == struct.pack("<d", expected), path
    else:
        assert received == expected, f"{path} is {received!r}, but should be {expected!r}"


def wire_finals(result: Any) -> Any:
    """Converts the result of a local vector environment's step to the types that a client receives, and returns it.

    A client receives the last observations of a Discrete space as numpy integers. In the local result, they can be
    Python's integers. The given result is changed.
    """
    finals = result[4].get("final_obs")
    if finals is not None and all(isinstance(final, (int, np.integer, type(None))) for final in finals):
        result[4]["final_obs"] = np.array([None if f is None else np.int64(f) for f in finals], dtype=object)
    return result
