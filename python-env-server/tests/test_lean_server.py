# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The process and the calls of a server with --lean, tested mostly with gRPC's client. One test compares the errors
with those of a server without --lean."""

import functools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import gymnasium
import h2.events
import lean_peer
import numpy as np
import pytest
from client import DEADLINE_SECONDS, TESTS, Client, ServerProcess, error_detail, make_request
from faulty_envs import GOOD_STEPS
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from process_usage import usage, wait_until

from gymwire.codec import decode_value, encode_value
from gymwire.server.lean.frames import MESSAGE_HEAD, PREFACE, settings
from gymwire.server.opengl import choose_opengl, missing_opengl
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

choose_opengl()

Start = Callable[..., ServerProcess]
Code = grpc.StatusCode


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[ServerProcess] = []

    def start_one(*arguments: str, listen: str = "127.0.0.1:0", stdin: int = subprocess.DEVNULL) -> ServerProcess:
        started.append(ServerProcess("--lean", *arguments, listen=listen, stdin=stdin))
        return started[-1]

    yield start_one
    for server in started:
        server.kill()


def failure_of(call: Callable[[], Any]) -> grpc.RpcError:
    with pytest.raises(grpc.RpcError) as failure:
        call()
    return failure.value


def test_calls_that_a_lean_server_does_not_support_fail_with_the_status_unimplemented(start: Start) -> None:
    client = Client(start().address)
    unknown = client.channel.unary_unary("/gymwire.v1.EnvironmentService/NoSuchCall", bytes, bytes)
    question = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
    calls: list[Callable[[], Any]] = [
        lambda: unknown(b"", timeout=DEADLINE_SECONDS),
        lambda: list(health_pb2_grpc.HealthStub(client.channel).Watch(health_pb2.HealthCheckRequest())),
        lambda: list(reflection_pb2_grpc.ServerReflectionStub(client.channel).ServerReflectionInfo(question)),
    ]
    assert [failure_of(call).code() for call in calls] == [Code.UNIMPLEMENTED] * 3
    # This message is long, because gRPC does not compress short messages.
    compressed = make_request("x" * 5000)
    refused = failure_of(lambda: client.stub.Make(compressed, compression=grpc.Compression.Gzip, timeout=5))
    assert refused.code() is Code.UNIMPLEMENTED
    client.close()


def test_a_lean_server_gives_the_same_errors_as_a_server_that_is_not_lean(start: Start, server: ServerProcess) -> None:
    arguments = ("--import", "rude_envs", "--log-file", os.devnull)
    both = [Client(start(*arguments).address), Client(server.address)]
    raw = [client.channel.unary_unary("/gymwire.v1.EnvironmentService/Make", bytes, bytes) for client in both]
    for text in ("CartPole-v9", '100 % ä\U0001f3d4\n"quoted"\x00\x7f', "x" * 3000, "/etc/passwd"):
        failures = [failure_of(functools.partial(client.make, text)) for client in both]
        assert failures[0].code() == failures[1].code()
        assert failures[0].details() == failures[1].details()
        assert error_detail(failures[0]) == error_detail(failures[1])
    malformed = [failure_of(functools.partial(call, b"\xff\xff", timeout=5)) for call in raw]
    assert malformed[0].code() == malformed[1].code() == Code.INVALID_ARGUMENT
    assert malformed[0].details() == malformed[1].details()
    for client in both:
        made = client.make("Rude/LongUnicode-v0", autoreset_mode=pb.AUTORESET_MODE_NEXT_STEP)
        client.reset(made.session_id)
        error = failure_of(functools.partial(client.step, made.session_id, np.zeros(1, np.int64)))
        assert (error.code(), error_detail(error).env_index) == (Code.UNKNOWN, 0)


def test_large_messages_can_be_received_and_sent(start: Start, tmp_path: Path) -> None:
    client = Client(start(listen=f"unix:{tmp_path}/s.sock").address)
    made = client.make("CartPole-v1", 1024)
    client.reset(made.session_id, seed=0)
    taken = client.stub.Snapshot(pb.SnapshotRequest(session_id=made.session_id), timeout=20)
    assert taken.ByteSize() > 200_000
    restored = client.stub.Restore(pb.RestoreRequest(session_id=made.session_id, snapshots=taken.snapshots), timeout=20)
    assert restored.step_number == 2
    client.close()


def test_environments_are_used_only_on_the_main_thread(start: Start, tmp_path: Path) -> None:
    server = start("--import", "main_thread_envs", "--allow-files")
    notes = [tmp_path / str(i) for i in range(3)]
    unary, streaming = Client(server.address), Client(server.address)
    # Without this option, both channels would share a connection.
    streaming.channel = grpc.insecure_channel(server.address, options=[("grpc.use_local_subchannel_pool", 1)])
    streaming.stub = pb_grpc.EnvironmentServiceStub(streaming.channel)
    made = [unary.make("MainThread/LivesOnOneThread-v0", kwargs={"note": str(note)}) for note in notes[:2]]
    stream = streaming.stream()
    short = make_request("MainThread/LivesOnOneThread-v0", kwargs={"note": str(notes[2])}, lease_seconds=1)
    made.append(stream.ask(make=short))
    for each in made:
        stream.ask(reset=pb.ResetRequest(session_id=each.session_id, seed=0))
        for count in range(1, 4):
            action = np.array([count % 2])
            step = pb.StepRequest(session_id=each.session_id, actions=encode_value(action))
            rewards = [stream.ask(step=step).rewards, unary.step(each.session_id, action).rewards]
            assert [np.frombuffer(reward)[0] for reward in rewards] == [2 * count - 1, 2 * count]
    # A unary call closes the first session, and a request on a stream closes the second. The lease of the third session
    # expires after the stream has ended.
    unary.close_session(made[0].session_id)
    stream.ask(close=pb.CloseRequest(session_id=made[1].session_id))
    stream.close()
    assert wait_until(lambda: all(note.exists() for note in notes))


def test_sigterm_stops_the_server_even_if_environments_use_signals(start: Start, tmp_path: Path) -> None:
    server = start("--import", "main_thread_envs", "--allow-files", "--log-file", os.devnull)
    client = Client(server.address)
    made = client.make("MainThread/LivesOnOneThread-v0", kwargs={"note": str(tmp_path / "note")})
    client.reset(made.session_id)
    for _ in range(3):
        client.step(made.session_id, np.array([0]))
        server.signal(signal.SIGALRM)
    assert client.make("MainThread/TakesSignals-v0").num_envs == 1
    server.signal(signal.SIGTERM)
    assert server.outcome()[0] == 0


def test_sessions_on_one_thread_render_the_same_pictures_as_local_environments(start: Start) -> None:
    if missing := missing_opengl():
        pytest.skip(missing)
    client = Client(start("--log-file", os.devnull).address)
    made = [client.make("InvertedPendulum-v5", render_mode="rgb_array") for _ in range(2)]
    local = [gymnasium.make("InvertedPendulum-v5", render_mode="rgb_array") for _ in range(2)]
    for i, (each, env) in enumerate(zip(made, local, strict=True)):
        client.reset(each.session_id, seed=i)
        env.reset(seed=i)
    for _ in range(2):
        for each, env in zip(made, local, strict=True):
            response = client.stub.Render(pb.RenderRequest(session_id=each.session_id), timeout=DEADLINE_SECONDS)
            picture = decode_value(response.frames[0])
            assert np.array_equal(picture, np.asarray(env.render()))
            assert picture.std() > 10
    for env in local:
        env.close()
    client.close()


def test_the_server_prints_its_address_and_serves_there(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "s.sock"
    listens = ["127.0.0.1:0", "localhost:0", f"unix:{path}"]
    if socket.has_ipv6 and Path("/proc/net/if_inet6").exists() and Path("/proc/net/if_inet6").read_text():
        listens.append("[::1]:0")
    for listen in listens:
        server = start(listen=listen)
        assert not server.address.endswith(":0")
        client = Client(server.address)
        assert client.make("CartPole-v1").num_envs == 1
        client.close()
        server.signal(signal.SIGTERM)
        code, out, err = server.outcome()
        assert (code, out, err.count("\n")) == (0, "", 1)
        assert '"env_id": "CartPole-v1"' in err
    assert not path.exists()


def test_the_socket_is_private(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "s.sock"
    start(listen=f"unix:{path}")
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("end", ["signal", "input"])
def test_the_server_stops_immediately_with_open_streams(start: Start, end: str) -> None:
    server = start("--managed", stdin=subprocess.PIPE)
    client = Client(server.address)
    streams = [client.stream() for _ in range(3)]
    for stream in streams:
        stream.ask(make=make_request("CartPole-v1"))
    began = time.monotonic()
    if end == "signal":
        server.signal(signal.SIGTERM)
    else:
        assert server.process.stdin is not None
        server.process.stdin.close()
    assert server.wait() == 0
    assert time.monotonic() - began < 5
    assert failure_of(streams[0].receive).code() is Code.UNAVAILABLE


@pytest.mark.parametrize("end", ["signal", "input"])
def test_an_environment_that_hangs_does_not_keep_the_server_alive(start: Start, end: str) -> None:
    server = start("--import", "faulty_envs", "--managed", stdin=subprocess.PIPE)
    client = Client(server.address)
    stream = client.stream()
    made = stream.ask(make=make_request("Faulty/Hangs-v0"))
    stream.ask(reset=pb.ResetRequest(session_id=made.session_id))
    for i in range(GOOD_STEPS + 1):
        stream.send(step=pb.StepRequest(session_id=made.session_id, actions=encode_value(np.array([i % 2]))))
    for _ in range(GOOD_STEPS):
        stream.receive()
    # The server answers nothing while the environment hangs. It can answer some calls before the last step begins, so
    # the call is repeated until it fails.
    info = pb.GetServerInfoRequest()
    assert failure_of(lambda: [client.stub.GetServerInfo(info, timeout=1) for _ in range(1000)])
    if end == "signal":
        server.signal(signal.SIGTERM)
    else:
        assert server.process.stdin is not None
        server.process.stdin.close()
        server.process.stdin = None
    code, _, err = server.outcome()
    assert code == 1
    assert "an environment did not return in time" in err


def test_calls_are_not_blocked_if_nobody_reads_standard_error() -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "gymwire.server", "--lean", "--listen", "127.0.0.1:0", "--import", "isolated_envs"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(os.environ, PYTHONPATH=str(TESTS)),
        text=True,
    )
    try:
        assert server.stdout is not None
        client = Client(server.stdout.readline().removeprefix("listening on ").strip())
        # The environment prints more than a pipe can contain.
        made = client.make("Isolated/Ill-v0", kwargs={"fault": "print", "place": "step"})
        client.reset(made.session_id)
        client.step(made.session_id, np.zeros(1, dtype=np.int64))
        client.close()
        server.terminate()
        assert server.wait(DEADLINE_SECONDS) == 0
    finally:
        server.kill()
        server.communicate()


def test_the_server_sends_pings_during_a_long_request(start: Start) -> None:
    host, _, port = start("--import", "faulty_envs").address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=DEADLINE_SECONDS) as connection:
        peer = lean_peer.Client(connection)
        stream = peer.open()
        request = pb.InteractRequest(make=make_request("Faulty/SlowStart-v0"))
        peer.send(stream, MESSAGE_HEAD.pack(0, request.ByteSize()) + request.SerializeToString(), end=True)
        peer.end_of(stream)
    kinds = [type(event) for event in peer.events]
    assert 1 <= kinds[: kinds.index(h2.events.DataReceived)].count(h2.events.PingReceived) <= 4


def test_ended_connections_leave_no_threads_and_no_descriptors(start: Start) -> None:
    server = start("--max-streams", "2")
    pid = server.process.pid
    Client(server.address).make("CartPole-v1")
    host, port = server.address.split(":")

    def load() -> None:
        for _ in range(60):
            with socket.create_connection((host, int(port))) as connection:
                connection.sendall(b"PRI * HTTP/2.0\r\n")

    # The first load makes the server open what it opens only once. The second load must not leave anything behind.
    load()
    time.sleep(0.5)
    before = usage(pid)
    load()
    assert wait_until(lambda: usage(pid).threads <= before.threads and usage(pid).descriptors <= before.descriptors)


def test_idle_connections_do_not_keep_other_clients_out(start: Start) -> None:
    server = start("--log-file", os.devnull)
    host, port = server.address.split(":")
    idle = [socket.create_connection((host, int(port)), timeout=DEADLINE_SECONDS) for _ in range(200)]
    for i, connection in enumerate(idle):
        connection.sendall(PREFACE[:5] if i % 2 else PREFACE + settings({}))
    client = Client(server.address)
    made = client.make("CartPole-v1")
    assert client.reset(made.session_id).step_number == 1
    client.close()
    for connection in idle:
        connection.close()


@pytest.mark.parametrize(
    ("arguments", "listen", "words"),
    [
        (("--token-file", "token"), "127.0.0.1:0", "--lean cannot be combined with --token-file"),
        (("--token-file", "token"), "0.0.0.0:0", "--lean cannot be combined with --token-file"),
        ((), "0.0.0.0:0", "will not listen on 0.0.0.0:0"),
        ((), "unix:no-such-folder/s.sock", "no-such-folder does not exist"),
    ],
)
def test_addresses_and_options_that_a_lean_server_cannot_use_are_refused(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], listen: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "token").write_text("0123456789abcdef", encoding="utf-8")
    code, out, err = start(*arguments, listen=listen).outcome()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err
