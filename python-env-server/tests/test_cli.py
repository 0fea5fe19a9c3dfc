# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The server's process: what it prints, how it ends, and what it refuses to do."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import numpy as np
import pytest
from client import DEADLINE_SECONDS, Client, ServerProcess, make_request
from faulty_envs import GOOD_STEPS
from process_usage import descendants, is_running, wait_until

from gymwire.codec import encode_value
from gymwire.v1 import environment_service_pb2 as pb

Start = Callable[..., ServerProcess]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[ServerProcess] = []

    def start_one(*arguments: str, listen: str = "127.0.0.1:0", stdin: int = subprocess.DEVNULL) -> ServerProcess:
        started.append(ServerProcess(*arguments, listen=listen, stdin=stdin))
        return started[-1]

    yield start_one
    for server in started:
        server.kill()


def assert_serves(address: str) -> None:
    client = Client(address)
    assert client.make("CartPole-v1").num_envs == 1
    client.close()


def outcome_and_sessions(server: ServerProcess) -> tuple[int, str, list[str]]:
    """Returns the exit code, the rest of standard output, and the environment id of each logged session."""
    code, out, err = server.outcome()
    return code, out, [json.loads(line)["env_id"] for line in err.splitlines()]


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "localhost:0"])
def test_the_first_line_names_the_real_port(start: Start, listen: str) -> None:
    server = start(listen=listen)
    assert server.first_line.startswith("listening on 127.0.0.1:")
    assert not server.first_line.endswith(":0\n")
    assert_serves(server.address)
    server.signal(signal.SIGTERM)
    assert outcome_and_sessions(server) == (0, "", ["CartPole-v1"])


def test_the_text_that_an_environment_prints_goes_to_standard_error(start: Start) -> None:
    server = start("--import", "faulty_envs", "--log-file", os.devnull)
    client = Client(server.address)
    made = client.make("Faulty/StrangeInfo-v0")
    client.reset(made.session_id)
    client.step(made.session_id, np.array([0]))
    client.close()
    server.signal(signal.SIGTERM)
    assert server.outcome() == (0, "", "stepping\n")


def test_a_unix_socket_is_private_and_removed_with_the_server(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "s.sock"
    server = start(listen=f"unix:{path}")
    assert server.address == f"unix:{path}"
    assert path.stat().st_mode & 0o077 == 0
    assert_serves(server.address)
    server.signal(signal.SIGTERM)
    assert server.wait() == 0
    assert not path.exists()


def test_a_socket_file_is_replaced_only_if_its_server_has_ended(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "s.sock"
    first = start(listen=f"unix:{path}")
    second = start(listen=f"unix:{path}")
    code, _, err = second.outcome()
    assert (code, err.count("\n")) == (2, 1)
    assert f"cannot listen on unix:{path}: another server answers there" in err
    assert_serves(first.address)
    first.process.kill()
    first.wait()
    assert path.exists()
    third = start(listen=f"unix:{path}")
    assert_serves(third.address)


def test_a_file_that_is_no_socket_is_left_alone(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("precious", encoding="utf-8")
    code, _, err = start(listen=f"unix:{path}").outcome()
    assert code == 2
    assert "is not a socket" in err
    assert path.read_text(encoding="utf-8") == "precious"


def test_the_error_for_a_port_in_use_names_the_remedy(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        address = f"127.0.0.1:{holder.getsockname()[1]}"
        code, out, err = start(listen=address).outcome()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"cannot listen on {address}" in err
    assert "port 0" in err


def test_a_server_does_not_start_on_the_port_of_another_server(start: Start) -> None:
    first = start()
    code, _, err = start(listen=first.address).outcome()
    assert code == 2
    assert first.address in err


@pytest.mark.parametrize(
    ("listen", "words"),
    [
        ("0.0.0.0:5000", "will not listen on 0.0.0.0:5000"),
        ("[::]:5000", "will not listen on [::]:5000"),
        ("192.168.1.5:0", "ssh tunnel"),
        ("example.org:5000", "will not listen"),
        ("127.0.0.1", "HOST:PORT"),
        ("127.0.0.1:99999", "0 to 65535"),
        ("127.0.0.1:http", "'127.0.0.1:http'"),
        ("unix:", "names no path"),
        ("unix:/" + "x" * 200, "201 bytes"),
        ("unix:/no/such/directory/s.sock", "/no/such/directory does not exist"),
    ],
)
def test_bad_addresses_are_refused_in_one_line(start: Start, listen: str, words: str) -> None:
    code, out, err = start(listen=listen).outcome()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--import", "no_such_module"), "--import no_such_module failed: ModuleNotFoundError"),
        (("--max-envs", "0"), "'0' is not a whole number from 1 to 1000000"),
        (("--max-message-mib", "2048"), "'2048' is not a whole number from 1 to 2047"),
        (("--lease-seconds", "nan"), "'nan' is not a number of seconds"),
    ],
)
def test_bad_options_are_named(start: Start, arguments: tuple[str, ...], words: str) -> None:
    code, out, err = start(*arguments).outcome()
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_server_with_open_sessions(start: Start, number: signal.Signals) -> None:
    server = start()
    stream = Client(server.address).stream()
    stream.ask(make=make_request("CartPole-v1"))
    server.signal(number)
    assert outcome_and_sessions(server) == (0, "", ["CartPole-v1"])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a signal be sent to one thread of another process")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_a_thread_other_than_the_main_thread_stops_the_server(start: Start, number: signal.Signals) -> None:
    server = start()
    assert_serves(server.address)
    threads = [int(thread.name) for thread in Path(f"/proc/{server.process.pid}/task").iterdir()]
    os.kill(max(thread for thread in threads if thread != server.process.pid), number)
    assert server.wait() == 0


@pytest.mark.parametrize("end", ["signal", "input"])
@pytest.mark.parametrize("isolation", ["process", "none"])
def test_a_server_can_be_stopped_while_it_imports_modules(tmp_path: Path, end: str, isolation: str) -> None:
    """The module tells that its import has begun, and the import never ends."""
    (tmp_path / "endless.py").write_text("import threading; print('importing'); threading.Event().wait()")
    arguments = ["--managed", "--listen", "127.0.0.1:0", "--isolation", isolation, "--import", "endless"]
    with subprocess.Popen(
        [sys.executable, "-m", "gymwire.server", *arguments],
        env=dict(os.environ, PYTHONPATH=str(tmp_path), PYTHONUNBUFFERED="1", TMPDIR=str(tmp_path)),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stderr is not None
        assert server.stderr.readline() == "importing\n"
        processes = [server.pid, *descendants(server.pid)]
        if end == "signal":
            server.terminate()
        else:
            server.stdin.close()
        try:
            assert server.wait(DEADLINE_SECONDS) == 0
        finally:
            server.kill()
        assert wait_until(lambda: not any(map(is_running, processes)))


def test_a_server_that_cannot_start_ends_with_the_error_even_if_its_input_ends() -> None:
    """The test closes the input when it has read the error, while the process is ending."""
    with subprocess.Popen(
        [sys.executable, "-m", "gymwire.server", "--managed", "--listen", "127.0.0.1:0", "--import", "no_such_module"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stderr is not None
        assert "--import no_such_module failed" in server.stderr.readline()
        server.stdin.close()
        assert server.wait(DEADLINE_SECONDS) == 2


def test_a_managed_server_ignores_ctrl_c_and_ends_when_its_input_ends(start: Start) -> None:
    server = start("--managed", stdin=subprocess.PIPE)
    server.signal(signal.SIGINT)
    time.sleep(0.5)
    assert_serves(server.address)
    assert server.process.stdin is not None
    server.process.stdin.close()
    assert server.wait() == 0


def test_an_unmanaged_server_does_not_need_its_input(start: Start) -> None:
    server = start(stdin=subprocess.DEVNULL)
    time.sleep(0.5)
    assert_serves(server.address)


@pytest.mark.parametrize("end", ["signal", "input"])
@pytest.mark.parametrize(("isolation", "code"), [("process", 0), ("none", 1)])
def test_a_hanging_environment_does_not_keep_the_server_alive(
    start: Start, end: str, isolation: str, code: int
) -> None:
    server = start("--import", "faulty_envs", "--managed", "--isolation", isolation, stdin=subprocess.PIPE)
    stream = Client(server.address).stream()
    made = stream.ask(make=make_request("Faulty/Hangs-v0"))
    stream.ask(reset=pb.ResetRequest(session_id=made.session_id))
    for i in range(GOOD_STEPS + 1):
        actions = encode_value(np.array([i % 2]))
        stream.send(step=pb.StepRequest(session_id=made.session_id, actions=actions))
    for _ in range(GOOD_STEPS):
        stream.receive()
    began = time.monotonic()
    if end == "signal":
        server.signal(signal.SIGTERM)
    else:
        assert server.process.stdin is not None
        server.process.stdin.close()
    assert server.wait() == code
    assert time.monotonic() - began < 15
    with pytest.raises(grpc.RpcError):
        stream.receive()


def test_a_managed_server_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "s.sock"
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'gymwire.server', '--managed', '--listen', sys.argv[1]],"
        " stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, f"unix:{path}"], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    assert path.exists()
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 10
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not path.exists()
