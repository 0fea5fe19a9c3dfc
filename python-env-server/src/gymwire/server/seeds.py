# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The seeds in a Reset request, and the seeds of the environments' generators."""

from typing import Any

import gymnasium
import numpy as np

from gymwire.codec.seeds import MAX_SEED, decode_big_seed, decode_seeds
from gymwire.server.errors import InvalidRequestError
from gymwire.v1 import environment_service_pb2 as pb


def requested_seeds(request: pb.ResetRequest, n: int) -> list[int | None]:
    """Returns the seed for each of n environments; None for an environment that keeps its generator."""
    kind = request.WhichOneof("seeding")
    if kind is None:
        return [None] * n
    if kind == "seeds":
        seeds = decode_seeds(request.seeds)
        if len(seeds) != n:
            raise InvalidRequestError(f"seeds must have {n} entries, one per environment; got {len(seeds)}")
    else:
        base = request.seed if kind == "seed" else decode_big_seed(request.big_seed)
        seeds = [base + i for i in range(n)]
    for i, seed in enumerate(seeds):
        if seed is not None and not 0 <= seed <= MAX_SEED:
            raise InvalidRequestError(
                f"the seed of environment {i} is {seed}, but a seed is at least 0 and at most 2^128-1", i
            )
    return seeds


def known_seed(env: gymnasium.Env[Any, Any]) -> int | None:
    """Returns the seed of the environment's generator; None when there is no generator or its seed is not known."""
    # If the environment has no seed, the public property np_random_seed would make a new generator. This would change
    # the later results of an environment that has set _np_random without a seed.
    seed = getattr(env.unwrapped, "_np_random_seed", None)
    # Gymnasium uses the seed -1 for a generator that was set with the property np_random.
    return int(seed) if isinstance(seed, (int, np.integer)) and 0 <= seed <= MAX_SEED else None
