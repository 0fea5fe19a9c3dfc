# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Checks that seeds can be sent."""

from collections.abc import Sequence

import gymnasium.error

from gymwire.codec.seeds import MAX_SEED


def check_seeds(seeds: Sequence[int | None]) -> None:
    """Raises Gymnasium's error when one of the seeds is not valid."""
    for seed in seeds:
        is_int = isinstance(seed, int) and not isinstance(seed, bool)
        if seed is not None and not (is_int and 0 <= seed <= MAX_SEED):
            raise gymnasium.error.Error(f"a seed must be an int from 0 to 2**128 - 1; got {seed!r}")
