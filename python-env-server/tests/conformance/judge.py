# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Functions that the conformance tests share."""

from collections.abc import Callable
from typing import Any

import grpc
import numpy as np
from client import Client, observations, refusal

from gymwire.v1 import environment_service_pb2 as pb

Code = grpc.StatusCode

# The actions for two CartPoles: the first is pushed to the left, the second to the right.
PUSH = np.array([0, 1], np.int64)


def cartpoles(wire: Client, mode: Any = pb.AUTORESET_MODE_SAME_STEP, **fields: Any) -> str:
    """Makes two CartPoles and returns the id of their session."""
    return wire.make("CartPole-v1", 2, autoreset_mode=mode, **fields).session_id


def assert_refused(call: Callable[[], Any], code: Code, *, alive: bool) -> None:
    """Checks that the call fails with the code, that the message has at least four words, and that the error's
    `session_alive` is `alive`."""
    actual, detail = refusal(call)
    assert actual is code, f"{actual}: {detail.message}"
    assert len(detail.message.split()) >= 4, f"not a sentence: {detail.message!r}"
    assert detail.session_alive is alive


def assert_untouched(wire: Client, session_id: str, number: int, seed: int) -> None:
    """Checks that refused requests did not change the session: the next step has this step number, and its observations
    are those of the first step after a reset with this seed."""
    twin = cartpoles(wire)
    wire.reset(twin, seed=seed)
    expected = observations(wire.step(twin, PUSH))
    step = wire.step(session_id, PUSH, step_number=number)
    assert step.step_number == number
    assert np.array_equal(observations(step), expected)
