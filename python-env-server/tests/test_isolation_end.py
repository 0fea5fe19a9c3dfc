# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Sessions release their resources when they end. The server releases all resources, no matter how it ends.

By default, the last test makes few sessions. The environment variable GYMWIRE_SESSIONS sets another number.
"""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from client import DEADLINE_SECONDS, NONE, Client, ServerProcess, make_request
from isolated_sessions import Companion, provoke, reset_info, step_request
from process_usage import descendants, wait_until

from gymwire.v1 import environment_service_pb2 as pb

SESSIONS = int(os.environ.get("GYMWIRE_SESSIONS", "16"))
# The longest time that descendants of the front process (to which clients connect) may run after its end. Without
# GYMWIRE_END_SECONDS, only the limit of wait_until applies. That limit is long, because a busy machine can be slow.
END_SECONDS = float(os.environ.get("GYMWIRE_END_SECONDS", "inf"))
REQUEST_SECONDS = 2.0

Start = Callable[..., ServerProcess]


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for the server's temporary files. Its path is short, because with a long path, a session would not put
    its temporary files into its own directory."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as ends:

        def start_one(*arguments: str) -> ServerProcess:
            server = ServerProcess("--import", "isolated_envs", "--log-file", os.devnull, *arguments)
            assert server.address, "the server did not start; run it by hand to see why"
            ends.callback(server.kill)
            return server

        yield start_one


@pytest.fixture(scope="module")
def shared() -> Iterator[ServerProcess]:
    server = ServerProcess("--import", "isolated_envs", "--log-file", os.devnull)
    assert server.address, "the server did not start; run it by hand to see why"
    yield server
    server.kill()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_or_file_outlives_the_server(start: Start, number: signal.Signals) -> None:
    server = start()
    client = Client(server.address)
    Companion(client).step(3)
    hanging_calls = [
        _hang(client, fault, place)
        for fault, place in (("wait_in_c", "step"), ("loop", "step"), ("stop", "reset"), ("wait_in_c", "constructor"))
    ]
    beside = client.make("CartPole-v1", 2, vectorization=pb.VECTORIZATION_ASYNC, infos=NONE)
    client.reset(beside.session_id)
    parent = client.make("Isolated/Parent-v0", kwargs={"kinds": ["child", "leader", "ignores_signals"]})
    named = [int(pid) for pid in reset_info(client, parent.session_id, "pids")]
    orphaned = client.make("Isolated/Parent-v0", kwargs={"kinds": ["orphan"]})
    named += [int(pid) for pid in reset_info(client, orphaned.session_id, "pids")]
    writer = client.make("Isolated/Writer-v0")
    written = Path(reset_info(client, writer.session_id, "folder"))
    assert (written / "made.txt").exists()
    # Processes: 1 of the companion, 4 that hang, 1 + 2 of the asynchronous session `beside`, 1 + 3 of `parent`, 1 + 1
    # of `orphaned`, and 1 of the writer. The fork servers and multiprocessing's resource tracker are not among these.
    assert wait_until(lambda: len({*descendants(server.process.pid), *named}) >= 15)
    below = {pid: _birth(pid) for pid in {*descendants(server.process.pid), *named}}
    assert not any(call.done() for call in hanging_calls)
    try:
        server.signal(number)
        server.process.wait()
        _await_end_in_time(below)
    finally:
        _kill(below)
    client.channel.close()
    assert wait_until(lambda: not written.exists())


def test_no_process_outlives_a_server_with_unread_messages(start: Start) -> None:
    """The fork server starts the sessions' processes. If a server is killed before it has read all messages of its fork
    server, the fork server's next read fails with ConnectionResetError. The fork server must end its processes then
    too."""
    server = start()
    client = Client(server.address)
    lost = client.make("Isolated/Parent-v0", kwargs={"kinds": []})
    parent = client.make("Isolated/Parent-v0", kwargs={"kinds": ["child", "leader", "ignores_signals", "orphan"]})
    own = int(reset_info(client, lost.session_id, "pids")[0])
    named = [int(pid) for pid in reset_info(client, parent.session_id, "pids")]
    below = {pid: _birth(pid) for pid in {*descendants(server.process.pid), *named}}
    try:
        server.signal(signal.SIGSTOP)
        os.kill(own, signal.SIGKILL)
        # The process is gone as soon as the fork server has waited for it (waitpid). Immediately afterwards, the fork
        # server sends a message about this end. The stopped server does not read the message.
        assert wait_until(lambda: not Path(f"/proc/{own}").exists())
        server.signal(signal.SIGKILL)
        server.process.wait()
        _await_end_in_time(below)
    finally:
        _kill(below)
    client.channel.close()


@pytest.mark.parametrize("kind", ["child", "leader", "ignores_signals", "orphan"])
@pytest.mark.parametrize("ending", ["close", "kill", "lease"])
def test_no_process_outlives_its_session(shared: ServerProcess, kind: str, ending: str) -> None:
    client = Client(shared.address)
    companion = Companion(client)
    made = client.make("Isolated/Parent-v0", kwargs={"kinds": [kind]}, lease_seconds=3.0 if ending == "lease" else 60.0)
    own, *others = (int(pid) for pid in reset_info(client, made.session_id, "pids"))
    below = {pid: _birth(pid) for pid in {own, *others, *descendants(own)}}
    assert set(_living(below)) == set(below)
    try:
        if ending == "close":
            client.close_session(made.session_id)
        elif ending == "kill":
            os.kill(own, signal.SIGKILL)
        _await_end(below)
    finally:
        _kill(below)
    companion.step(10)
    client.close()


def test_sessions_release_their_resources(start: Start, folder: Path) -> None:
    server = start("--request-seconds", str(REQUEST_SECONDS), "--session-memory", "400")
    client = Client(server.address)
    endings = [
        *[(fault, "step") for fault in ("exit_0", "exit_3", "sys_exit", "abort", "segv", "kill")],
        *[(fault, "step") for fault in ("use_memory", "loop", "stop")],
        *[("kill", place) for place in ("constructor", "reset", "render", "snapshot", "close")],
        *[("none", place) for place in ("close", "lease")],
    ]

    def use(i: int) -> None:
        fault, place = endings[i % len(endings)]
        if fault != "none":
            provoke(client, fault, place)
            return
        request = make_request("Isolated/Writer-v0", 2, lease_seconds=1.0)
        made = client.stub.Make(request, timeout=DEADLINE_SECONDS)
        client.reset(made.session_id)
        if place == "close":
            client.close_session(made.session_id)

    def use_all(count: int) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(use, range(count)))

    use_all(len(endings))
    # Each session of Writer environments has made a file made.txt. When all these files are gone, the last leases have
    # run out. The server keeps some resources for later sessions. `before` counts these resources.
    assert wait_until(lambda: not list(folder.rglob("made.txt")))
    before = _settled(server.process.pid, folder)
    use_all(SESSIONS)
    resources = {}

    def is_released() -> bool:
        resources["now"] = _resources(server.process.pid, folder)
        # The number of descriptors that gRPC uses for polling varies by a few.
        slack = (0, 4, 0)
        return all(now <= then + more for now, then, more in zip(resources["now"], before, slack, strict=True))

    assert wait_until(is_released), (before, resources["now"])
    client.close()


def _hang(client: Client, fault: str, place: str) -> Any:
    """Sends a request that hangs."""
    request = make_request("Isolated/Ill-v0", kwargs={"fault": fault, "place": place})
    if place == "constructor":
        return client.stub.Make.future(request, timeout=DEADLINE_SECONDS)
    session_id = client.stub.Make(request, timeout=DEADLINE_SECONDS).session_id
    if place == "reset":
        return client.stub.Reset.future(pb.ResetRequest(session_id=session_id), timeout=DEADLINE_SECONDS)
    client.reset(session_id)
    return client.stub.Step.future(step_request(session_id), timeout=DEADLINE_SECONDS)


def _resources(pid: int, folder: Path) -> tuple[int, int, int]:
    """Counts the resources of a server: its descendants, the descriptors of the server and of its direct children, and
    the entries of the folder for temporary files."""
    direct = [child for child in descendants(pid) if _parent(child) == pid]
    descriptors = sum(_descriptors(each) for each in (pid, *direct))
    return len(descendants(pid)), descriptors, len(list(folder.rglob("*")))


def _settled(pid: int, folder: Path) -> tuple[int, int, int]:
    """Returns the resources of a server once they no longer change."""
    seen = [_resources(pid, folder)]

    def is_settled() -> bool:
        time.sleep(0.5)
        seen.append(_resources(pid, folder))
        return seen[-1] == seen[-2]

    assert wait_until(is_settled), seen
    return seen[-1]


def _await_end(births: dict[int, str]) -> None:
    assert wait_until(lambda: not _living(births)), _living(births)


def _await_end_in_time(births: dict[int, str]) -> None:
    """Waits for the end of all processes; call it as soon as the front process has ended."""
    began = time.monotonic()
    _await_end(births)
    seconds = time.monotonic() - began
    print(f"{len(births)} processes ended within {seconds:.2f} s after the front process")
    assert seconds <= END_SECONDS


def _kill(births: dict[int, str]) -> None:
    for pid in _living(births):
        os.kill(pid, signal.SIGKILL)


def _living(births: dict[int, str]) -> list[int]:
    """Returns the processes that still run, without ids that now belong to other processes."""
    return [pid for pid, birth in births.items() if birth and _birth(pid) == birth]


def _birth(pid: int) -> str:
    """Returns when a process started, in the kernel's ticks; empty if the process has ended."""
    fields = _stat(pid)
    return fields[19] if fields and fields[0] != "Z" else ""


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _stat(pid: int) -> list[str]:
    """Returns the fields of /proc/PID/stat after the program's name."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    # The process has ended meanwhile.
    except OSError:
        return []


def _descriptors(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    # The process has ended meanwhile.
    except OSError:
        return 0
