# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Many sessions step at the same time. After a client or an environment is killed, the other sessions go on, and the
server releases the resources of the ended sessions."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import gymnasium
import numpy as np
import pytest
from client import NONE, TESTS, Client, ServerProcess, observations, refusal, some_actions
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from process_usage import descendants, environments, usage, wait_until

from gymwire.codec import encode_value
from gymwire.v1 import environment_service_pb2 as pb

Code = grpc.StatusCode

SESSIONS = 64
THREADS = 8
STEPS = 40


@pytest.fixture(scope="module")
def stressed() -> Iterator[ServerProcess]:
    server = ServerProcess("--import", "faulty_envs", "--import", "odd_envs", "--allow-call", "--log-file", os.devnull)
    yield server
    server.kill()


def _local_rollout(seed: int) -> list[Any]:
    """Returns the observations after a reset and after each of STEPS steps. Two CartPoles are always pushed left."""
    envs = SyncVectorEnv([lambda: gymnasium.make("CartPole-v1")] * 2, autoreset_mode=AutoresetMode.SAME_STEP)
    rollout: list[Any] = [envs.reset(seed=seed)[0].copy()]
    rollout.extend(envs.step(np.zeros(2, dtype=np.int64))[0].copy() for _ in range(STEPS))
    envs.close()
    return rollout


def test_64_sessions_step_at_the_same_time_without_mixing_their_results(stressed: ServerProcess) -> None:
    client = Client(stressed.address)
    started = threading.Barrier(THREADS)

    def play(thread: int) -> dict[int, list[Any]]:
        """Steps an eighth of the sessions in turn, on one stream or by unary calls (one call for each request)."""
        seeds = range(thread, SESSIONS, THREADS)
        stream = client.stream() if thread % 2 else None
        made = {seed: client.make("CartPole-v1", 2, infos=NONE).session_id for seed in seeds}
        started.wait(60)
        rollouts: dict[int, list[Any]] = {seed: [] for seed in seeds}
        for step in range(STEPS + 1):
            for seed, session_id in made.items():
                kind = "step" if step else "reset"
                request: Any = pb.ResetRequest(session_id=session_id, seed=seed)
                if step:
                    request = pb.StepRequest(session_id=session_id, actions=encode_value(np.zeros(2, dtype=np.int64)))
                if stream is not None:
                    stream.send(**{kind: request})
                else:
                    call = client.stub.Step if step else client.stub.Reset
                    rollouts[seed].append(observations(call(request, timeout=60)))
            if stream is not None:
                for seed in seeds:
                    response = stream.receive()
                    rollouts[seed].append(observations(response.step if step else response.reset))
        if stream is not None:
            stream.close()
        return rollouts

    with ThreadPoolExecutor(THREADS) as pool:
        rollouts = {seed: rollout for part in pool.map(play, range(THREADS)) for seed, rollout in part.items()}
    code, detail = refusal(lambda: client.make("CartPole-v1"))
    assert code is Code.RESOURCE_EXHAUSTED
    assert "64" in detail.message
    for seed in range(SESSIONS):
        np.testing.assert_array_equal(rollouts[seed], _local_rollout(seed))
    client.close()


def test_each_step_of_many_threads_on_one_session_has_its_own_number(stressed: ServerProcess) -> None:
    client = Client(stressed.address)
    made = client.make("CartPole-v1", infos=NONE)
    client.reset(made.session_id, seed=0)
    actions = some_actions(made)
    with ThreadPoolExecutor(THREADS) as pool:
        numbers = list(pool.map(lambda _: client.step(made.session_id, actions).step_number, range(200)))
    assert sorted(numbers) == list(range(2, 202))
    client.close()


def test_steps_of_a_session_that_is_being_closed_fail_with_the_status_not_found(stressed: ServerProcess) -> None:
    client = Client(stressed.address)

    def step_until_closed(session_id: str, actions: Any) -> Code:
        while True:
            try:
                client.step(session_id, actions)
            except grpc.RpcError as error:
                return error.code()

    for vectorization in (pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC):
        made = client.make("CartPole-v1", infos=NONE, vectorization=vectorization)
        client.reset(made.session_id)
        with ThreadPoolExecutor(4) as pool:
            ends = [pool.submit(step_until_closed, made.session_id, some_actions(made)) for _ in range(4)]
            client.close_session(made.session_id)
            assert [end.result(60) for end in ends] == [Code.NOT_FOUND] * 4
    client.close()


def test_the_sessions_of_a_killed_client_expire_and_others_go_on(stressed: ServerProcess) -> None:
    client = Client(stressed.address)
    other = client.make("CartPole-v1", 2, infos=NONE)
    rollout = [observations(client.reset(other.session_id, seed=7))]
    earlier, processes = set(environments(stressed.process.pid)), len(descendants(stressed.process.pid))
    client_process = subprocess.Popen(
        [sys.executable, str(TESTS / "stepping_client.py"), stressed.address], stdout=subprocess.PIPE, text=True
    )
    assert client_process.stdout is not None
    ids = client_process.stdout.readline().split()
    assert len(ids) == 2
    assert len(set(environments(stressed.process.pid)) - earlier) == 2
    client_process.kill()
    client_process.wait()
    client_process.stdout.close()
    for _ in range(STEPS):
        rollout.append(observations(client.step(other.session_id, np.zeros(2, dtype=np.int64))))
    np.testing.assert_array_equal(rollout, _local_rollout(7))
    # A request restarts the lease of its session. So the test sends no request to the sessions of the killed client
    # before their processes have ended.
    assert wait_until(lambda: not set(environments(stressed.process.pid)) - earlier)
    assert wait_until(lambda: len(descendants(stressed.process.pid)) <= processes)
    for session_id in ids:
        assert "lease" in refusal(lambda: client.reset(session_id))[1].message  # noqa: B023
    client.close()


@pytest.mark.parametrize("streamed", [False, True])
def test_a_killed_environment_ends_only_its_session(stressed: ServerProcess, streamed: bool) -> None:
    client = Client(stressed.address)
    other = client.make("Odd/Number-v0", vectorization=pb.VECTORIZATION_ASYNC)
    client.reset(other.session_id)
    # Each environment hangs in its 21st step, so that the kill happens during this step.
    made = client.make("Faulty/Hangs-v0", 2, vectorization=pb.VECTORIZATION_ASYNC, infos=NONE)
    client.reset(made.session_id)
    got = client.stub.Call(
        pb.CallRequest(session_id=other.session_id, name="process", call=pb.CallArguments()), timeout=20
    )
    spared = got.results[0].int_value
    killed = set(environments(stressed.process.pid)) - {spared}
    assert len(killed) == 2
    actions = encode_value(np.zeros(2, dtype=np.int64))
    request = pb.StepRequest(session_id=made.session_id, actions=actions)
    for _ in range(20):
        client.stub.Step(request, timeout=20)

    def kill() -> None:
        for pid in killed:
            os.kill(pid, signal.SIGKILL)

    killer = threading.Timer(0.3, kill)
    killer.start()
    if streamed:
        detail = client.stream().ask(step=request)
    else:
        code, detail = refusal(lambda: client.stub.Step(request, timeout=60))
        assert code is Code.UNKNOWN
    killer.join()
    assert detail.code == Code.UNKNOWN.value[0]
    assert "exit code -9" in detail.message
    assert detail.env_index in (0, 1)
    assert not detail.session_alive
    assert refusal(lambda: client.reset(made.session_id))[0] is Code.NOT_FOUND
    assert client.step(other.session_id, some_actions(other)).step_number == 2
    assert wait_until(lambda: environments(stressed.process.pid) == [spared])
    client.close()


def test_sessions_release_their_resources(stressed: ServerProcess) -> None:
    def use() -> None:
        client = Client(stressed.address)
        for vectorization in [pb.VECTORIZATION_SYNC] * 30 + [pb.VECTORIZATION_ASYNC] * 2:
            made = client.make("CartPole-v1", 2, vectorization=vectorization)
            client.reset(made.session_id)
            stream = client.stream()
            stream.ask(step=pb.StepRequest(session_id=made.session_id, actions=encode_value(some_actions(made))))
            stream.close()
        client.close()

    def only_the_fork_server_is_left() -> bool:
        return len(descendants(pid)) == 1

    pid = stressed.process.pid
    use()
    assert wait_until(only_the_fork_server_is_left)
    before = usage(pid)
    for _ in range(2):
        use()
    assert wait_until(only_the_fork_server_is_left)
    # The server's gRPC closes its end of a connection shortly after the client has closed the connection. The numbers
    # of gRPC's polling threads and of their descriptors vary by a few.
    assert wait_until(lambda: usage(pid).descriptors <= before.descriptors + 4), (before, usage(pid))
    assert wait_until(lambda: usage(pid).threads <= before.threads + 8), (before, usage(pid))
