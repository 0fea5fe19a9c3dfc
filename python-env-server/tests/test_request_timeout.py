# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The times that the Python client waits for a server."""

import signal
import threading
import time
from collections.abc import Iterator

import pytest
from client import ServerProcess

from gymwire.client import RemoteEnv, RemoteTimeoutError, RemoteVectorEnv
from gymwire.client import connection as module


@pytest.fixture
def stopped() -> Iterator[ServerProcess]:
    process = ServerProcess("--import", "faulty_envs")
    process.signal(signal.SIGSTOP)
    yield process
    process.kill()


def test_the_first_answer_obeys_the_timeout(stopped: ServerProcess) -> None:
    begin = time.monotonic()
    with pytest.raises(ConnectionError, match="request_timeout"):
        RemoteEnv("CartPole-v1", stopped.address, request_timeout=0.5)
    assert time.monotonic() - begin < 8


@pytest.mark.parametrize("timeout", [None, 40.0])
def test_the_client_waits_for_a_slow_first_answer(
    stopped: ServerProcess, monkeypatch: pytest.MonkeyPatch, timeout: float | None
) -> None:
    # The answer takes longer than CONNECT_SECONDS. After this time, the client gives up only if it cannot reach the
    # server.
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.5)
    threading.Timer(2.0, stopped.signal, [signal.SIGCONT]).start()
    RemoteEnv("CartPole-v1", stopped.address, request_timeout=timeout).close()


def test_a_missing_server_is_reported_before_the_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.5)
    with pytest.raises(ConnectionError, match="start one: "):
        RemoteEnv("CartPole-v1", "127.0.0.1:1", request_timeout=1000.0)


def test_a_step_obeys_the_timeout(server: ServerProcess) -> None:
    envs = RemoteVectorEnv("Faulty/Hangs-v0", address=server.address, request_timeout=5.0)
    envs.reset()

    def step_until_it_hangs() -> None:
        for _ in range(30):
            envs.step(envs.action_space.sample())

    with pytest.raises(RemoteTimeoutError, match="within 5 s"):
        step_until_it_hangs()
    # Without this close, the garbage collector would close `envs` during another test, and cause the warning there.
    with pytest.warns(UserWarning, match="step_async has not been taken"):
        envs.close()


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("nan")])
def test_a_wrong_timeout_is_refused(server: ServerProcess, wrong: float) -> None:
    with pytest.raises(ValueError, match="positive number of seconds"):
        RemoteEnv("CartPole-v1", server.address, request_timeout=wrong)
