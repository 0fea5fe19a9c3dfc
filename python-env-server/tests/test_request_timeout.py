# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The times that the Python client waits for a server."""

import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import grpc
import gymnasium
import numpy as np
import pytest
from client import DEADLINE_SECONDS, Client, ServerProcess, refusal
from client import Stream as RawStream
from faulty_envs import GOOD_STEPS
from gymnasium.error import ResetNeeded
from process_usage import wait_until

from gymwire.client import RemoteEnv, RemoteTimeoutError, RemoteVectorEnv, _reachable
from gymwire.client import connection as module
from gymwire.client._answer_timer import AnswerTimer
from gymwire.client._stream import Stream
from gymwire.client.credentials import channel_options
from gymwire.codec import encode_value
from gymwire.v1 import environment_service_pb2 as pb


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
    # The answer takes longer than CONNECT_SECONDS. After CONNECT_SECONDS, the client gives up if it cannot reach the
    # server. It can reach this server, so it must wait.
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

    with pytest.raises(RemoteTimeoutError, match=r"within 5 s; give a longer request_timeout .*; step_wait"):
        step_until_it_hangs()
    # Without this close, the garbage collector would close `envs` during another test, and cause the warning there.
    with pytest.warns(UserWarning, match="step_async has not been taken"):
        envs.close()


def test_a_step_with_a_timeout_starts_no_thread(server: ServerProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    envs = RemoteVectorEnv("CartPole-v1", address=server.address, request_timeout=60.0)
    envs.reset()
    started: list[threading.Thread] = []
    start = threading.Thread.start

    def counted_start(thread: threading.Thread) -> None:
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", counted_start)
    for _ in range(20):
        envs.step(envs.action_space.sample())
    assert not started
    envs.close()


def test_the_threads_of_timeouts_end_with_their_environments(server: ServerProcess) -> None:
    envs = RemoteVectorEnv("CartPole-v1", address=server.address, request_timeout=60.0)
    timers = [each for each in threading.enumerate() if each.name == "gymwire-answer-timer"]
    assert timers
    envs.close()
    for timer in timers:
        timer.join(30)
        assert not timer.is_alive()


def test_a_timer_that_is_started_again_uses_the_new_time() -> None:
    cancelled = threading.Event()
    timer = AnswerTimer(cancelled.set)
    timer.start(1e9)  # The thread sleeps for this time. The next start, with a shorter time, must wake it.
    timer.stop()
    assert not timer.expired
    timer.start(0.01)
    assert cancelled.wait(30)
    assert timer.expired


# A --lean server answers no ping while an environment works. With keepalive pings, gRPC would end the connection after
# a minute, even if the client sets no time limit for the answer.
@pytest.mark.parametrize("address", ["unix:/tmp/s.sock", "localhost:1", "127.0.0.1:1", "127.0.1.1:1", "[::1]:1"])
def test_a_server_on_this_machine_gets_no_keepalive_pings(address: str) -> None:
    assert not _keepalive(address)


@pytest.mark.parametrize("address", ["sim1:50051", "10.0.0.1:50051", "[2001:db8::1]:50051", "localhost.example.org:1"])
def test_a_server_on_another_machine_gets_keepalive_pings(address: str) -> None:
    assert _keepalive(address)


def _keepalive(address: str) -> list[str]:
    return [name for name, _ in channel_options(address) if "keepalive" in name]


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("nan")])
def test_a_wrong_timeout_is_refused(server: ServerProcess, wrong: float) -> None:
    with pytest.raises(ValueError, match="positive number of seconds"):
        RemoteEnv("CartPole-v1", server.address, request_timeout=wrong)


def interrupt(_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("cause", ["timeout", "interrupt"])
def test_after_a_step_without_an_answer_a_reset_is_needed(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch, cause: str
) -> None:
    env = RemoteEnv("CartPole-v1", server.address, request_timeout=1000.0)
    env.reset(seed=5)
    with monkeypatch.context() as patch:
        if cause == "timeout":
            patch.setattr(env._session._connection, "_timeout", 0.3)
            patch.setattr(Stream, "_next", lambda stream: time.sleep(0.6))
        else:
            patch.setattr(Stream, "_next", interrupt)
        with pytest.raises(RemoteTimeoutError if cause == "timeout" else KeyboardInterrupt):
            env.step(1)
    for call in (lambda: env.step(0), env.render, env.snapshot, lambda: env.get_attr("spec")):
        with pytest.raises(ResetNeeded, match="the wait for the answer to step"):
            call()
    local = gymnasium.make("CartPole-v1")
    assert np.array_equal(env.reset(seed=7)[0], local.reset(seed=7)[0])
    for action in (0, 1, 1):
        assert np.array_equal(env.step(action)[0], local.step(action)[0])
    env.close()


def test_a_vector_can_be_used_again_after_an_interrupt(server: ServerProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    envs = RemoteVectorEnv("CartPole-v1", address=server.address)
    envs.reset(seed=5)
    with monkeypatch.context() as patch:
        patch.setattr(Stream, "_next", interrupt)
        with pytest.raises(KeyboardInterrupt):
            envs.step([1])
    observations = envs.step_wait()[0]
    local = gymnasium.make("CartPole-v1")
    local.reset(seed=5)
    assert np.array_equal(observations[0], local.step(1)[0])
    saved = envs.snapshots()
    with monkeypatch.context() as patch:
        patch.setattr(Stream, "_next", interrupt)
        with pytest.raises(KeyboardInterrupt):
            envs.restore(saved)
    assert np.array_equal(envs.step([0])[0][0], local.step(0)[0])
    envs.close()


@pytest.fixture
def one_stream() -> Iterator[ServerProcess]:
    """A server that allows only one open stream."""
    process = ServerProcess("--max-streams", "1")
    yield process
    process.kill()


def take_the_stream(server: ServerProcess) -> tuple[Client, RawStream]:
    """Opens a stream as soon as the server allows it."""
    client = Client(server.address)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        stream = client.stream()
        stream.send(close=pb.CloseRequest(session_id="none"))
        with suppress(grpc.RpcError):  # the server still counts the stream of the environment
            stream.receive()
            return client, stream
    raise AssertionError("no stream became free")


def interrupt_a_step(env: RemoteEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Stream, "_next", interrupt)
        with pytest.raises(KeyboardInterrupt):
            env.step(1)


def interrupt_a_step_and_take_the_stream(
    one_stream: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> tuple[RemoteEnv, Client, RawStream]:
    """Interrupts a step, and lets another client open the server's only stream. Returns the environment, this client
    and this stream."""
    env = RemoteEnv("CartPole-v1", one_stream.address)
    env.reset(seed=5)
    interrupt_a_step(env, monkeypatch)
    return (env, *take_the_stream(one_stream))


def test_a_reset_after_an_interrupt_waits_until_a_stream_is_free(
    one_stream: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    env, client, other = interrupt_a_step_and_take_the_stream(one_stream, monkeypatch)
    # The interrupt may have come before the server got the step. This request makes sure that the step is carried out.
    session_id = env._session.made.session_id
    other.ask(step=pb.StepRequest(session_id=session_id, step_number=2, actions=encode_value(np.array([1]))))
    opened: list[Stream] = []
    open_stream = Stream.__init__

    def counted_open(stream: Stream, *arguments: Any) -> None:
        opened.append(stream)
        if len(opened) == 2:  # The server has refused the first stream, because `other` is open.
            other.close()
        open_stream(stream, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Stream, "__init__", counted_open)
        first = env.reset(seed=7)[0]
    local = gymnasium.make("CartPole-v1")
    assert np.array_equal(first, local.reset(seed=7)[0])
    assert np.array_equal(env.step(1)[0], local.step(1)[0])
    env.close()
    client.close()


def test_a_reset_names_the_limit_if_no_stream_becomes_free(
    one_stream: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    env, client, other = interrupt_a_step_and_take_the_stream(one_stream, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(module, "CONNECT_SECONDS", 0.3)
        for _ in range(2):
            with pytest.raises(ConnectionError, match=r"no stream to .*--max-streams.*reset of a single environment"):
                env.reset()
        with pytest.raises(ResetNeeded):
            env.step(1)
    other.close()
    env.reset()
    env.close()
    client.close()


def close_in_time(env: RemoteEnv) -> None:
    """Closes an environment; fails if this takes very long."""
    closing = threading.Thread(target=env.close, daemon=True)
    closing.start()
    closing.join(DEADLINE_SECONDS)
    assert not closing.is_alive()


def test_a_close_ends_the_session_even_if_an_interrupted_step_hangs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sign = tmp_path / "hangs"
    server = ServerProcess("--import", "faulty_envs", "--allow-files")
    client = Client(server.address)
    env = RemoteEnv("Faulty/Hangs-v0", server.address, sign=str(sign))
    env.reset()
    for i in range(GOOD_STEPS):
        env.step(i % 2)
    session_id = env._session.made.session_id
    hanging = client.stream()
    action = encode_value(np.array([0]))
    hanging.send(step=pb.StepRequest(session_id=session_id, step_number=GOOD_STEPS + 2, actions=action))
    assert wait_until(sign.exists)
    interrupt_a_step(env, monkeypatch)
    close_in_time(env)
    assert not hanging.receive().error.session_alive
    code, _ = refusal(lambda: client.reset(session_id))
    assert code is grpc.StatusCode.NOT_FOUND
    client.close()
    server.kill()


def test_a_close_after_an_interrupt_does_not_wait_for_a_server_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "CLOSE_SECONDS", 0.5)
    process = ServerProcess()
    env = RemoteEnv("CartPole-v1", process.address)
    env.reset()
    process.signal(signal.SIGSTOP)
    interrupt_a_step(env, monkeypatch)
    close_in_time(env)
    process.kill()


def test_a_close_needs_no_free_stream(one_stream: ServerProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    env = RemoteEnv("CartPole-v1", one_stream.address)
    env.reset()
    session_id = env._session.made.session_id
    interrupt_a_step(env, monkeypatch)
    client, _ = take_the_stream(one_stream)
    env.close()
    code, _ = refusal(lambda: client.reset(session_id))
    assert code is grpc.StatusCode.NOT_FOUND
    client.close()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse connections when the queue is full")
def test_a_host_that_drops_packets_does_not_count_as_a_slow_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_reachable, "_SECONDS", 0.5)
    with ExitStack() as sockets:
        listener = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        assert _reachable.may_listen(address)
        # Linux drops the packets of further connections when the queue of a listening socket is full.
        for _ in range(10):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        assert not _reachable.may_listen(address)
    assert _reachable.may_listen(address), "a host that refuses a connection does not drop packets"
    assert _reachable.may_listen("unix:/tmp/none")


def test_listens_is_true_only_for_an_address_where_a_program_accepts_connections(server: ServerProcess) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        assert _reachable.listens(address)
    assert not _reachable.listens(address)
    assert _reachable.listens(server.address)
    assert not _reachable.listens(f"{server.address}.other")
