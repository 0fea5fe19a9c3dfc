# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Rewritten from Gymnasium's tests/vector/test_async_vector_env.py: waits, calls out of order, failing environments."""

import functools

import numpy as np
import pytest
from gymnasium.error import AlreadyPendingCallError, ClosedEnvironmentError, NoAsyncCallError
from gymnasium.vector import AsyncVectorEnv

from gymwire.client import RemoteEnv, RemoteError, RemoteTimeoutError
from upstream.conftest import Vectoriser


def test_reset_timeout(vectoriser: Vectoriser) -> None:
    envs = vectoriser("Upstream/Slow-v0", 2)
    envs.reset_async(options={"slowly": True})
    with pytest.raises(RemoteTimeoutError, match=r"0\.05 s"):
        envs.reset_wait(timeout=0.05)
    assert envs.reset_wait()[0].tolist() == [0, 0]


def test_step_timeout(vectoriser: Vectoriser) -> None:
    envs = vectoriser("Upstream/Slow-v0", 2)
    envs.reset()
    envs.step_async(np.array([0.0, 0.4], np.float32))
    with pytest.raises(TimeoutError):
        envs.step_wait(timeout=0.05)
    # The client asks again for the missed response, and the server does not repeat the step.
    assert envs.step_wait()[0].tolist() == [1, 1]
    assert envs.step(np.zeros(2, np.float32))[0].tolist() == [2, 2]


def test_reset_out_of_order(vectoriser: Vectoriser) -> None:
    envs = vectoriser("CartPole-v1", 2)
    with pytest.raises(NoAsyncCallError, match="without reset_async"):
        envs.reset_wait()
    envs.reset()
    envs.step_async(envs.action_space.sample())
    with pytest.raises(AlreadyPendingCallError, match="step_wait"):
        envs.reset_async()
    with pytest.warns(UserWarning, match="step_async has not been taken"):
        envs.close()


def test_step_out_of_order(vectoriser: Vectoriser) -> None:
    envs = vectoriser("CartPole-v1", 2)
    envs.reset()
    with pytest.raises(NoAsyncCallError, match="without step_async"):
        envs.step_wait()
    envs.reset_async()
    with pytest.raises(AlreadyPendingCallError, match="reset_wait"):
        envs.step_async(envs.action_space.sample())
    with pytest.raises(NoAsyncCallError):
        envs.step_wait()
    envs.reset_wait()


def test_already_closed(vectoriser: Vectoriser) -> None:
    envs = vectoriser("CartPole-v1", 2)
    envs.close()
    envs.close()
    with pytest.raises(ClosedEnvironmentError):
        envs.reset()
    with pytest.raises(ClosedEnvironmentError):
        envs.call("gravity")


def test_subenv_error(vectoriser: Vectoriser) -> None:
    envs = vectoriser("Upstream/Failing-v0", 2)
    envs.reset(seed=[0, 0])
    with pytest.raises(ValueError, match="Error in reset") as failure:
        envs.reset(seed=[0, 1])
    cause = failure.value.__cause__
    assert isinstance(cause, RemoteError)
    assert cause.env_index == 1
    assert 'raise ValueError("Error in reset")' in cause.traceback
    with pytest.raises(ClosedEnvironmentError):
        envs.reset()

    envs = vectoriser("Upstream/Failing-v0", 3)
    envs.reset()
    with pytest.raises(ValueError, match=r"Error in step with [12]"):
        envs.step([0, 1, 2])


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_an_error_in_a_child_process_of_async_vector_env_reaches_the_parent(address: str) -> None:
    make = functools.partial(RemoteEnv, "Upstream/Breaking-v0", address)
    envs = AsyncVectorEnv([make], context="spawn")
    envs.reset()
    with pytest.raises(RemoteError, match="OwnError: broken by 2") as failure:
        envs.step(np.array([2]))
    assert failure.value.exception_class == "upstream.envs.OwnError"
    assert "raise OwnError" in failure.value.traceback
    envs.close(terminate=True)
