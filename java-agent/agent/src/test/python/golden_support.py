# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The common parts of the golden scripts: rounded inputs, comparison, the file format."""

import json
import pathlib

import numpy as np
import torch

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "resources" / "golden"

INPUT_DECIMALS = 6
"""Inputs are rounded to this many decimals to keep the files small. They are read back as exactly the same doubles."""

DECISION_MARGIN = 1e-6
"""Two numbers that a condition compares must have at least this relative distance. Rounding then cannot change the
result of the condition."""


def rounded(array):
    """Rounds an input array and returns it as a tensor."""
    return torch.from_numpy(np.round(array, INPUT_DECIMALS))


def close(actual, expected, tolerance, what):
    """Returns the relative error |actual - expected| / |expected|. Fails if the error exceeds the tolerance."""
    actual, expected = torch.as_tensor(actual).double(), torch.as_tensor(expected).double()
    assert actual.shape == expected.shape, f"{what}: shapes {actual.shape} and {expected.shape}"
    error = float((actual - expected).norm() / expected.norm())
    assert error <= tolerance, f"{what}: relative error {error:.3g}, allowed {tolerance:.3g}"
    return error


def clear_of(value, bound, what):
    """Fails when value is so near to bound that another rounding could change the result of value <= bound."""
    assert abs(value - bound) > DECISION_MARGIN * abs(bound), f"{what}: {value!r} is too near to {bound!r}"


def write(name, golden):
    """Writes one field per line; returns the number of characters. Floats are written by repr, so that they are read
    back as the same doubles."""

    def plain(value):
        if isinstance(value, torch.Tensor | np.ndarray):
            return value.reshape(-1).tolist() if value.ndim else value.item()
        return value

    sections = []
    for section, fields in golden.items():
        lines = [f'    "{key}": {json.dumps(plain(value), allow_nan=False, separators=(",", ":"))}'
                 for key, value in fields.items()]
        sections.append(f'  "{section}": {{\n' + ",\n".join(lines) + "\n  }")
    text = "{\n" + ",\n".join(sections) + "\n}\n"
    (GOLDEN / f"{name}.json").write_text(text, encoding="utf-8")
    return len(text)
