# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A session that takes too much memory or time ends with an error message. The other sessions go on."""

import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
from client import DEADLINE_SECONDS, TESTS, Client, ServerProcess, make_request, refusal
from isolated_envs import LAST_MESSAGE, MEMORY_PROGRAM
from isolated_sessions import Companion, End, provoke, step_request
from process_usage import descendants, wait_until

from gymwire.codec import encode_dict, encode_value
from gymwire.server.opengl import choose_opengl, missing_opengl
from gymwire.v1 import environment_service_pb2 as pb

# missing_opengl() below needs this choice. The server makes the same choice.
choose_opengl()

Code = grpc.StatusCode

MEMORY_MIB = 400
REQUEST_SECONDS = 2.0
# The longest time that the tests allow for a step of a Companion, a session that the failing sessions must not disturb.
# The time is long, because the machine can be busy.
PATIENCE_SECONDS = 3.0
# The number of sessions in the test of the log. The log lines of 40 sessions fill a pipe of one page. With the
# environment variable GYMWIRE_LOGGED=240, the log lines fill a pipe of the usual size.
LOGGED = int(os.environ.get("GYMWIRE_LOGGED", "40"))
PIPE_BYTES = 4096 if LOGGED < 240 else 65536

HANGS = [(f, p) for f in ("loop", "wait_in_c", "stop") for p in ("constructor", "reset", "step", "info", "render")]


@pytest.fixture(scope="module")
def limited() -> Iterator[ServerProcess]:
    """A server with a low memory limit for sessions."""
    server = ServerProcess("--import", "isolated_envs", "--session-memory", str(MEMORY_MIB), "--log-file", os.devnull)
    assert server.address, "the server did not start; run it by hand to see why"
    yield server
    server.kill()


@pytest.fixture(scope="module")
def hasty() -> Iterator[ServerProcess]:
    """A server with a short time limit for requests."""
    server = ServerProcess(
        "--import", "isolated_envs", "--request-seconds", str(REQUEST_SECONDS), "--log-file", os.devnull
    )
    assert server.address, "the server did not start; run it by hand to see why"
    yield server
    server.kill()


@pytest.fixture
def client(limited: ServerProcess) -> Iterator[Client]:
    connection = Client(limited.address)
    yield connection
    connection.close()


@pytest.fixture
def hasty_client(hasty: ServerProcess) -> Iterator[Client]:
    connection = Client(hasty.address)
    yield connection
    connection.close()


def assert_out_of_memory(client: Client, end: End, place: str) -> None:
    assert end.code is Code.RESOURCE_EXHAUSTED
    assert not end.detail.session_alive
    for words in (str(MEMORY_MIB), "--session-memory"):
        assert words in end.detail.message
    assert_ended(client, end, "--session-memory", place)


def assert_out_of_time(client: Client, end: End, place: str) -> None:
    assert end.code is Code.RESOURCE_EXHAUSTED
    assert not end.detail.session_alive
    assert "--request-seconds" in end.detail.message
    assert re.search(r"\b2(\.0)? ?s", end.detail.message), end.detail.message
    assert_ended(client, end, "--request-seconds", place)


def assert_ended(client: Client, end: End, words: str, place: str) -> None:
    if end.session_id:
        code, detail = refusal(lambda: client.reset(end.session_id))
        assert code is Code.NOT_FOUND
        # If the fault happens during Close, later errors say only that the session was closed.
        assert place == "close" or words in detail.message
        client.close_session(end.session_id)


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        *[("use_memory", place) for place in ("constructor", "reset", "step", "info", "render", "snapshot", "close")],
        *[("use_memory_in_child", place) for place in ("constructor", "step")],
        ("use_memory_in_children", "step"),
    ],
)
def test_only_the_session_that_takes_too_much_memory_ends(
    limited: ServerProcess, client: Client, fault: str, place: str
) -> None:
    companion = Companion(client)
    with ThreadPoolExecutor(1) as pool:
        provoked = pool.submit(provoke, client, fault, place)
        assert companion.step_until_done(provoked) > 2
    assert_out_of_memory(client, provoked.result(), place)
    assert companion.longest_wait < PATIENCE_SECONDS
    companion.step(20)
    # The child processes that took memory for the session have ended too.
    assert wait_until(lambda: not [pid for pid in descendants(limited.process.pid) if _runs_memory_program(pid)])


@pytest.mark.parametrize("fault", ["reserve_memory", "raise_memory_error", "raise_as_mujoco", "raise_as_cpp"])
@pytest.mark.parametrize("place", ["reset", "step"])
def test_an_error_about_memory_that_cannot_be_reserved_names_the_limit_and_its_option(
    client: Client, fault: str, place: str
) -> None:
    end = provoke(client, fault, place)
    assert f"16 times the {MEMORY_MIB} MiB of --session-memory" in end.detail.message
    assert_out_of_memory(client, end, place)


def test_a_session_may_reserve_several_times_the_memory_that_it_may_use(client: Client) -> None:
    """40 Humanoids reserve about 1,400 MiB, of which 50 MiB are resident."""
    made = client.make("Humanoid-v5", num_envs=40)
    client.reset(made.session_id, seed=0)
    client.close_session(made.session_id)


def test_a_session_ends_if_it_takes_too_much_memory_between_two_requests(client: Client) -> None:
    made = client.make("Isolated/Ill-v0", kwargs={"fault": "use_memory_in_background", "place": "step"})
    client.reset(made.session_id)
    failures: list[tuple[grpc.StatusCode, pb.ErrorDetail]] = []

    def is_noticed() -> bool:
        try:
            client.step(made.session_id, np.zeros(1, dtype=np.int64))
        except grpc.RpcError:
            failures.append(refusal(lambda: client.step(made.session_id, np.zeros(1, dtype=np.int64))))
        return bool(failures)

    assert wait_until(is_noticed)
    code, detail = failures[0]
    assert code is Code.NOT_FOUND
    assert "--session-memory" in detail.message


@pytest.mark.parametrize(
    "fields",
    [
        {
            "env_id": "CartPole-v1",
            "wrappers": [pb.WrapperSpec(name="FrameStackObservation", kwargs=encode_dict({"stack_size": 10**7}))],
        },
        {"env_id": "FrozenLake-v1", "kwargs": {"desc": ["S" + "F" * 1498 + "G"] * 1500}},
        {"env_id": "HalfCheetah-v5", "kwargs": {"max_geom": 4_000_000}, "render_mode": "rgb_array"},
        {"env_id": "HalfCheetah-v5", "kwargs": {"max_geom": 2**25}, "render_mode": "rgb_array"},
        {"env_id": "Humanoid-v5", "kwargs": {"max_geom": 2**25}, "render_mode": "rgb_array"},
    ],
    ids=["frame stack", "frozen lake", "geoms", "more geoms", "humanoid's geoms"],
)
def test_arguments_that_need_much_memory_are_refused_or_end_the_session(client: Client, fields: dict[str, Any]) -> None:
    if "render_mode" in fields and (missing := missing_opengl()):
        pytest.skip(missing)
    companion = Companion(client)

    def ask() -> tuple[grpc.StatusCode, pb.ErrorDetail]:
        def draw() -> None:
            made = client.make(num_envs=1, **fields)
            client.reset(made.session_id, seed=0)
            client.stub.Render(pb.RenderRequest(session_id=made.session_id), timeout=DEADLINE_SECONDS)

        return refusal(draw)

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask)
        companion.step_until_done(asked)
    code, detail = asked.result()
    if code is Code.UNKNOWN:
        # The system refused to reserve so much memory for the session's process, and the environment raised an error.
        assert re.search("allocat|MemoryError", detail.message), detail.message
    else:
        assert code in (Code.RESOURCE_EXHAUSTED, Code.INVALID_ARGUMENT)
        assert not detail.session_alive
    assert companion.longest_wait < PATIENCE_SECONDS


def test_hanging_requests_end_only_their_sessions(hasty_client: Client) -> None:
    """All requests hang at the same time, to save time: each takes REQUEST_SECONDS to end."""
    client = hasty_client
    companion = Companion(client)
    with ThreadPoolExecutor(len(HANGS)) as pool:
        hanging = [pool.submit(provoke, client, fault, place) for fault, place in HANGS]
        assert companion.step_until_done(*hanging) > 2
    for each, (_, place) in zip(hanging, HANGS, strict=True):
        assert_out_of_time(client, each.result(), place)
    companion.step(20)


@pytest.mark.parametrize("place", ["close", "snapshot"])
@pytest.mark.parametrize("fault", ["loop", "wait_in_c"])
def test_a_session_ends_if_its_environment_hangs_in_a_close_or_snapshot_request(
    hasty_client: Client, fault: str, place: str
) -> None:
    assert_out_of_time(hasty_client, provoke(hasty_client, fault, place), place)


@pytest.mark.parametrize("streamed", [False, True])
def test_a_step_of_a_billion_frames_runs_out_of_time_and_another_session_goes_on(
    hasty_client: Client, streamed: bool
) -> None:
    client = hasty_client
    companion = Companion(client)
    made = client.make("HalfCheetah-v5", kwargs={"frame_skip": 10**9})
    client.reset(made.session_id, seed=0)
    actions = encode_value(np.zeros((1, 6), dtype=np.float32))
    request = pb.StepRequest(session_id=made.session_id, actions=actions)

    def ask() -> pb.ErrorDetail:
        if streamed:
            return client.stream().ask(step=request)
        return refusal(lambda: client.stub.Step(request, timeout=DEADLINE_SECONDS))[1]

    with ThreadPoolExecutor(1) as pool:
        endless = pool.submit(ask)
        assert companion.step_until_done(endless) > 2
    assert companion.longest_wait < PATIENCE_SECONDS
    assert_out_of_time(client, End(made.session_id, Code.RESOURCE_EXHAUSTED, endless.result()), "step")
    assert endless.result().code == Code.RESOURCE_EXHAUSTED.value[0]


@pytest.mark.parametrize("fault", ["loop", "wait_in_c"])
def test_a_session_that_hangs_can_be_closed(hasty: ServerProcess, hasty_client: Client, fault: str) -> None:
    client = hasty_client
    made = client.make("Isolated/Ill-v0", kwargs={"fault": fault, "place": "step"})
    client.reset(made.session_id)
    step = client.stub.Step.future(step_request(made.session_id), timeout=DEADLINE_SECONDS)
    client.close_session(made.session_id)
    assert step.exception() is not None
    assert step.code() in (Code.RESOURCE_EXHAUSTED, Code.UNKNOWN, Code.NOT_FOUND)


def test_no_call_is_blocked_by_a_log_that_nobody_reads() -> None:
    """Neither the log lines of the sessions nor the text that environments print can block a call."""
    server = subprocess.Popen(
        [sys.executable, "-m", "gymwire.server", "--listen", "127.0.0.1:0", "--import", "isolated_envs"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pipesize=PIPE_BYTES,
        env=dict(os.environ, PYTHONPATH=str(TESTS)),
        text=True,
    )
    try:
        assert server.stdout is not None
        client = Client(server.stdout.readline().removeprefix("listening on ").strip())
        companion = Companion(client)
        for i in range(LOGGED):
            made = client.make("CartPole-v1")
            client.reset(made.session_id, seed=i)
            client.close_session(made.session_id)
            companion.step(1)
        for place in ("constructor", "reset", "step", "info", "render", "close"):
            request = make_request(
                "Isolated/Ill-v0", kwargs={"fault": "print", "place": place}, render_mode="rgb_array"
            )
            made = client.stub.Make(request, timeout=DEADLINE_SECONDS)
            client.reset(made.session_id)
            client.step(made.session_id, np.zeros(1, dtype=np.int64))
            client.stub.Render(pb.RenderRequest(session_id=made.session_id), timeout=DEADLINE_SECONDS)
            client.close_session(made.session_id)
            companion.step(5)
        # The error contains the last line that the process printed, although nobody has read standard error.
        assert LAST_MESSAGE in provoke(client, "print_and_exit", "step").detail.message
        client.close()
        server.send_signal(signal.SIGTERM)
        assert server.wait(DEADLINE_SECONDS) == 0
    finally:
        if server.poll() is None:
            server.kill()
        server.wait(DEADLINE_SECONDS)
        for pipe in (server.stdout, server.stderr):
            if pipe is not None:
                pipe.close()


def _runs_memory_program(pid: int) -> bool:
    try:
        return MEMORY_PROGRAM in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    # The process has ended meanwhile.
    except OSError:
        return False


def lowest_free_descriptor(server: ServerProcess) -> int:
    """Returns the number of the next file that the server opens."""
    taken = {int(name) for name in os.listdir(f"/proc/{server.process.pid}/fd")}
    return min(set(range(len(taken) + 1)) - taken)


@pytest.mark.parametrize(
    ("isolation", "vectorization"), [("process", pb.VECTORIZATION_SYNC), ("none", pb.VECTORIZATION_ASYNC)]
)
def test_a_session_is_refused_if_the_server_can_open_no_further_file(isolation: str, vectorization: Any) -> None:
    server = ServerProcess("--isolation", isolation, "--log-file", os.devnull)
    try:
        client = Client(server.address)
        client.make("CartPole-v1", vectorization=vectorization)
        _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (lowest_free_descriptor(server), hard))
        code, detail = refusal(lambda: client.make("CartPole-v1", vectorization=vectorization))
        assert code is Code.RESOURCE_EXHAUSTED
        assert "(Too many open files); close a session, or raise the limit of open files" in detail.message
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (hard, hard))
        client.make("CartPole-v1", vectorization=vectorization)
        client.close()
    finally:
        server.kill()


def test_a_server_may_open_as_many_files_as_the_hard_limit_allows() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
    try:
        server = ServerProcess()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    try:
        assert resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        server.kill()
