# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""With --isolation process, each session has its own process: a fault in one session does not affect the others.
Clients connect to the front process, which forwards their requests to the sessions' processes. This isolation is the
default without --lean.

By default, the tests try every crash in a step, but only the crash "segv" at the other places. With the environment
variable GYMWIRE_CRASHES=all, they try every crash at every place.
"""

import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
from client import DEADLINE_SECONDS, Client, ServerProcess, make_request, observations, refusal
from isolated_envs import LAST_MESSAGE
from isolated_sessions import Companion, provoke, reset_info, step_request
from process_usage import wait_until

from gymwire.codec import decode_dict, decode_value
from gymwire.server.opengl import choose_opengl, missing_opengl
from gymwire.v1 import environment_service_pb2 as pb

# Chooses an OpenGL library, as the server does. missing_opengl() below looks for the chosen library.
choose_opengl()

Code = grpc.StatusCode

# A pattern for each fault. The client's error has a message and an exception class; one of them must match the pattern.
WORDS = {
    "exit_0": r"exit\w* .*\b0\b",
    "exit_3": r"exit\w* .*\b3\b",
    "sys_exit": r"SystemExit|exit\w* .*\b1\b",
    "abort": r"SIGABRT|signal 6|-6\b",
    "segv": r"SIGSEGV|signal 11|-11\b",
    "kill": r"SIGKILL|signal 9|-9\b",
}
PLACES = ["constructor", "reset", "step", "info", "render", "snapshot", "close"]
ALL = [(fault, place) for fault in WORDS for place in PLACES]
SOME = [(fault, place) for fault, place in ALL if fault == "segv" or place == "step"]
CRASHES = ALL if os.environ.get("GYMWIRE_CRASHES") == "all" else SOME


@pytest.fixture(scope="module")
def isolated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("folder"))
        modules = ("--import", "isolated_envs", "--import", "threaded_envs")
        server = ServerProcess(*modules, "--allow-call", "--request-seconds", "20", "--log-file", os.devnull)
        assert server.address, "the server did not start; run it by hand to see why"
        yield server
        server.kill()


@pytest.fixture
def client(isolated: ServerProcess) -> Iterator[Client]:
    connection = Client(isolated.address)
    yield connection
    connection.close()


@pytest.mark.parametrize(("fault", "place"), CRASHES)
def test_a_crash_ends_only_its_session_and_is_reported(client: Client, fault: str, place: str) -> None:
    companion = Companion(client)
    companion.step(3)
    end = provoke(client, fault, place)
    assert end.code is Code.UNKNOWN
    assert re.search(WORDS[fault], end.words), end.words
    companion.step(20)
    # Render and Snapshot do not change an environment, so the session may go on after a SystemExit in one of them.
    if fault == "sys_exit" and place in ("render", "snapshot"):
        return
    assert not end.detail.session_alive
    if end.session_id:
        code, detail = refusal(lambda: client.step(end.session_id, np.zeros(1, dtype=np.int64)))
        assert code is Code.NOT_FOUND
        # If the crash happens during Close, later errors say only that the session was closed.
        assert place == "close" or re.search(WORDS[fault], detail.message), detail.message
        client.close_session(end.session_id)
        client.close_session(end.session_id)


def test_the_last_line_on_standard_error_is_reported(client: Client) -> None:
    for place in ("constructor", "step"):
        end = provoke(client, "print_and_exit", place)
        assert end.code is Code.UNKNOWN
        assert LAST_MESSAGE in end.detail.message


@pytest.mark.parametrize("fault", ["exit_0", "abort"])
def test_the_other_sessions_of_a_stream_go_on_after_a_crash(client: Client, fault: str) -> None:
    stream = client.stream()
    ill, well, twin = (
        stream.ask(make=request)
        for request in (
            make_request("Isolated/Ill-v0", kwargs={"fault": fault, "place": "step"}),
            make_request("CartPole-v1"),
            make_request("CartPole-v1"),
        )
    )
    for made in (ill, well, twin):
        stream.ask(reset=pb.ResetRequest(session_id=made.session_id, seed=3))
    # All Step requests are sent before the first response to them is read.
    sessions = [well, ill, well, ill, well, twin, twin, twin]
    for made in sessions:
        stream.send(step=step_request(made.session_id))
    answers = [stream.receive() for _ in sessions]
    kinds = [answer.WhichOneof("response") for answer in answers]
    assert kinds == ["step", "error", "step", "error", "step", "step", "step", "step"]
    assert [answers[i].error.code for i in (1, 3)] == [Code.UNKNOWN.value[0], Code.NOT_FOUND.value[0]]
    assert re.search(WORDS[fault], answers[1].error.message)
    assert [answers[i] for i in (0, 2, 4)] == answers[5:]
    for made in (well, ill, twin):
        stream.ask(close=pb.CloseRequest(session_id=made.session_id))
    stream.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_if_a_sessions_process_is_killed_between_two_requests_the_error_names_the_signal(
    client: Client, number: signal.Signals
) -> None:
    companion = Companion(client)
    made = client.make("Isolated/Ill-v0", kwargs={"fault": "none", "place": "step"})
    os.kill(int(reset_info(client, made.session_id, "pid")), number)
    companion.step(5)
    code, detail = refusal(lambda: client.step(made.session_id, np.zeros(1, dtype=np.int64)))
    # The code depends on whether the server notices the end of the process before the request arrives.
    assert code in (Code.UNKNOWN, Code.NOT_FOUND)
    assert re.search(rf"{number.name}|signal {number.value}|-{number.value}\b", detail.message), detail.message
    assert refusal(lambda: client.reset(made.session_id))[0] is Code.NOT_FOUND
    companion.step(5)


@pytest.mark.parametrize("place", ["constructor", "step"])
@pytest.mark.parametrize("fault", ["print", "close_descriptors", "write_to_descriptors", "fork"])
def test_misbehaviour_in_one_session_does_not_affect_another(client: Client, fault: str, place: str) -> None:
    companion = Companion(client)

    def misbehave() -> None:
        request = make_request("Isolated/Ill-v0", kwargs={"fault": fault, "place": place})
        made = client.stub.Make(request, timeout=DEADLINE_SECONDS)
        client.reset(made.session_id)
        for _ in range(3):
            client.step(made.session_id, np.zeros(1, dtype=np.int64))
        client.close_session(made.session_id)

    with ThreadPoolExecutor(1) as pool:
        misbehaviour = pool.submit(misbehave)
        companion.step_until_done(misbehaviour)
    # Printing is allowed. The other faults may end their own session, with an error as the response.
    failure = misbehaviour.exception()
    if fault == "print":
        assert failure is None
    elif failure is not None:
        assert isinstance(failure, grpc.RpcError)
        assert failure.code() in (Code.UNKNOWN, Code.RESOURCE_EXHAUSTED, Code.NOT_FOUND)
    companion.step(20)
    Companion(client, seed=6).step(20)


@pytest.mark.parametrize("vectorization", [pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC])
@pytest.mark.parametrize("n", [1, 3])
def test_an_environment_runs_on_the_main_thread_of_its_process(client: Client, n: int, vectorization: Any) -> None:
    made = client.make("Isolated/MainThread-v0", n, render_mode="rgb_array", vectorization=vectorization)
    client.reset(made.session_id, seed=0)
    # Different threads of the server can handle these calls.
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.stub.Step(step_request(made.session_id, n), timeout=20), range(12)))
    stream = client.stream()
    stepped = stream.ask(step=step_request(made.session_id, n))
    assert decode_dict(stepped.infos)["count"].tolist() == [13] * n
    frames = stream.ask(render=pb.RenderRequest(session_id=made.session_id)).frames
    assert [int(np.asarray(decode_value(frame)).max()) for frame in frames] == [13] * n
    stream.close()
    request = pb.CallRequest(session_id=made.session_id, name="count", call=pb.CallArguments())
    assert [decode_value(value) for value in client.stub.Call(request, timeout=20).results] == [13] * n
    # The environment's close raises an error if it runs on a thread other than the main thread.
    client.close_session(made.session_id)


def test_sessions_do_not_share_the_state_of_global_random_generators(client: Client) -> None:
    drawn: list[tuple[float, float]] = []
    for _ in range(6):
        made = client.make("Isolated/Dice-v0")
        infos = decode_dict(client.reset(made.session_id).infos)
        drawn.append((float(infos["numpy"][0]), float(infos["python"][0])))
    assert len({numpy for numpy, _ in drawn}) == 6
    assert len({python for _, python in drawn}) == 6


def test_environments_with_own_processes_do_not_share_the_state_of_global_random_generators(client: Client) -> None:
    made = client.make("Isolated/Dice-v0", 6, vectorization=pb.VECTORIZATION_ASYNC)
    infos = decode_dict(client.reset(made.session_id).infos)
    assert len(set(infos["numpy"])) == 6
    assert len(set(infos["python"])) == 6


def test_a_module_that_starts_a_thread_does_not_lock_up_the_sessions(client: Client) -> None:
    for _ in range(5):
        made = client.make("Threaded/Threaded-v0", 2)
        client.reset(made.session_id, seed=1)
        for i in range(3):
            stepped = observations(client.step(made.session_id, np.ones(2, dtype=np.int64)))
            # The second number of an observation counts the steps.
            assert stepped[:, 1].tolist() == [i + 1, i + 1]
        client.close_session(made.session_id)


def test_the_front_process_does_not_load_mujoco(isolated: ServerProcess, client: Client) -> None:
    made = client.make("HalfCheetah-v5")
    client.reset(made.session_id, seed=0)
    maps = Path(f"/proc/{isolated.process.pid}/maps").read_text(encoding="utf-8")
    assert "grpc" in maps
    assert "mujoco" not in maps


@pytest.mark.parametrize("ending", ["close", "crash"])
def test_a_session_has_its_own_folder_until_it_ends(isolated: ServerProcess, client: Client, ending: str) -> None:
    server_folder = Path(f"/proc/{isolated.process.pid}/cwd").resolve()
    made = [client.make("Isolated/Writer-v0") for _ in range(2)]
    folders = [Path(reset_info(client, each.session_id, "folder")) for each in made]
    assert len({server_folder, *folders}) == 3
    for folder in folders:
        assert (folder / "made.txt").exists()
        assert (folder / "deep/folder/reset.txt").exists()
    if ending == "close":
        for each in made:
            client.close_session(each.session_id)
    else:
        for pid in [int(path.name) for path in Path("/proc").glob("[0-9]*") if _folder_of(path) in folders]:
            os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not any(folder.exists() for folder in folders))
    assert list(server_folder.iterdir()) == []


def test_mujocos_log_stays_out_of_the_servers_folder(isolated: ServerProcess, client: Client) -> None:
    made = client.make("HalfCheetah-v5", kwargs={"reset_noise_scale": 1e12})
    client.reset(made.session_id, seed=0)
    client.step(made.session_id, np.zeros((1, 6), dtype=np.float32))
    assert list(Path(f"/proc/{isolated.process.pid}/cwd").resolve().iterdir()) == []


def test_a_server_that_allows_files_does_not_delete_the_files_of_a_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    server = ServerProcess("--import", "isolated_envs", "--allow-files", "--log-file", os.devnull)
    try:
        client = Client(server.address)
        made = client.make("Isolated/Writer-v0")
        folder = Path(reset_info(client, made.session_id, "folder"))
        client.close()
        assert (folder / "deep/folder/reset.txt").exists()
    finally:
        server.kill()


@pytest.mark.parametrize("env_id", ["CartPole-v1", "HalfCheetah-v5", "FrozenLake-v1"])
def test_a_window_on_the_servers_screen_is_refused(client: Client, env_id: str) -> None:
    for vectorization in (pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC):
        code, detail = refusal(lambda v=vectorization: client.make(env_id, render_mode="human", vectorization=v))
        assert code is Code.PERMISSION_DENIED
        assert "--allow-human" in detail.message


def test_an_environment_with_a_window_makes_steps_if_the_server_allows_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    server = ServerProcess("--allow-human", "--log-file", os.devnull)
    try:
        client = Client(server.address)
        made = client.make("CartPole-v1", render_mode="human")
        client.reset(made.session_id, seed=0)
        client.step(made.session_id, np.zeros(1, dtype=np.int64))
        client.close()
    finally:
        server.kill()


@pytest.mark.parametrize("camera_id", [1, 2, 50, -2, -7, 10**9, 2**31, -(2**40), "x", 0.5])
@pytest.mark.parametrize("env_id", ["HalfCheetah-v5", "InvertedPendulum-v5"])
def test_a_camera_that_the_model_does_not_have_is_refused(client: Client, env_id: str, camera_id: Any) -> None:
    for mode, n in (("rgb_array", 1), ("depth_array", 2)):
        code, detail = refusal(
            lambda mode=mode, n=n: client.make(env_id, n, render_mode=mode, kwargs={"camera_id": camera_id})
        )
        assert code is Code.INVALID_ARGUMENT
        assert "camera_id" in detail.message
        assert str(camera_id) in detail.message


@pytest.mark.parametrize(("env_id", "camera_id"), [("HalfCheetah-v5", -1), ("HalfCheetah-v5", 0), ("Humanoid-v5", 1)])
def test_a_frame_is_rendered_from_a_camera_that_the_model_has(client: Client, env_id: str, camera_id: int) -> None:
    if missing := missing_opengl():
        pytest.skip(missing)
    made = client.make(env_id, render_mode="rgb_array", kwargs={"camera_id": camera_id})
    client.reset(made.session_id, seed=0)
    drawn = client.stub.Render(pb.RenderRequest(session_id=made.session_id), timeout=DEADLINE_SECONDS).frames
    assert np.asarray(decode_value(drawn[0])).any()


def _folder_of(process: Path) -> Path | None:
    try:
        return (process / "cwd").readlink()
    # The process has ended meanwhile, or belongs to another user.
    except OSError:
        return None
