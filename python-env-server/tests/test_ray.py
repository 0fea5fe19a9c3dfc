# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests the parts of gymwire.ray. Also tests that whole runs on a cluster of two nodes equal a run on one machine.

Tests that need a cluster are skipped if no cluster is possible here. With GYMWIRE_REQUIRE_RAY, they fail instead.
"""

import csv
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from client import TESTS
from process_usage import descendants, wait_until

from gymwire import ray as launcher

HOME = TESTS.parent
GYMWIRE = HOME.parent / "gymwire"
RAY_PYTHON = HOME / "target" / "ray" / "bin" / "python"
BATCH = 512
ITERATIONS = 20
SECONDS = 240.0


def test_the_agents_command_begins_after_the_first_argument_that_is_a_double_hyphen() -> None:
    words = ["train", "A", "--lag", "1", "--", "B"]
    options = launcher.parse(["--servers", "2", "--import", "lab", "--cpus-per-server", "4", "--", *words])
    assert (options.servers, options.cpus_per_server, options.modules) == (2, 4, ["lab"])
    assert (options.words, options.server_options) == (words, [])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("-- train CartPole-v1", "required: --servers"),
        ("--servers 0 -- train CartPole-v1", "'0' is not a whole number from 1 to 10000"),
        ("--servers 2 --cpus-per-server 1.5 -- train A", "'1.5' is not a whole number"),
        ("--servers 2 train CartPole-v1", "unrecognized arguments: train CartPole-v1"),
        ("--servers 2 --cpu-per-server 4 -- train A", "unrecognized arguments: --cpu-per-server 4"),
        ("--servers 2 --session-memory 4GB -- train A", "--session-memory: '4GB' is not a whole number"),
        ("--servers 2 --listen 0.0.0.0:5 -- train A", "leave --listen out"),
        ("--servers 2 --token-file token -- train A", "leave --token-file out"),
        ("--servers 2 --", "give them after --"),
        ("--servers 2", "give them after --"),
    ],
)
def test_wrong_arguments_are_refused(arguments: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        launcher.parse(arguments.split())
    assert end.value.code == 2
    assert words in capsys.readouterr().err


def test_without_ray_the_error_names_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["ray", "--servers", "2", "--", "train", "CartPole-v1"])
    assert launcher.main() == 2
    assert '-m pip install "gymwire[ray]"' in capsys.readouterr().err


def test_a_cluster_that_cannot_be_reached_is_an_error_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def init() -> None:
        raise ConnectionError("no cluster at 127.0.0.1:1")

    ray: Any = types.SimpleNamespace(init=init, exceptions=types.SimpleNamespace(RayError=KeyError))
    monkeypatch.setitem(sys.modules, "ray", ray)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: ray)
    monkeypatch.setattr(sys, "argv", ["ray", "--servers", "2", "--", "train", "CartPole-v1"])
    assert launcher.main() == 2
    assert "no cluster at 127.0.0.1:1; check RAY_ADDRESS" in capsys.readouterr().err


def test_the_agents_launcher_is_the_given_file_else_the_one_in_the_checkout_else_the_one_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert launcher.find_gymwire(None) == GYMWIRE
    other = tmp_path / "gymwire"
    with pytest.raises(launcher.LaunchError, match=f"{other} is no program"):
        launcher.find_gymwire(other)
    other.touch(mode=0o700)
    assert launcher.find_gymwire(other) == other
    monkeypatch.setattr(
        launcher, "__file__", str(tmp_path / "lib" / "python3" / "site-packages" / "gymwire" / "ray.py")
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    assert launcher.find_gymwire(None) == other
    monkeypatch.setenv("PATH", "")
    with pytest.raises(launcher.LaunchError, match="--gymwire PATH"):
        launcher.find_gymwire(None)


def test_a_reader_sees_the_old_or_the_new_list_of_servers(tmp_path: Path) -> None:
    launcher.write_list(tmp_path, ["10.0.0.1:5", "10.0.0.2:6"])
    with (tmp_path / "servers.txt").open() as reader:
        launcher.write_list(tmp_path, ["10.0.0.3:7"])
        assert reader.read() == "10.0.0.1:5 token-file=token\n10.0.0.2:6 token-file=token\n"
    assert (tmp_path / "servers.txt").read_text() == "10.0.0.3:7 token-file=token\n"
    assert [path.name for path in tmp_path.iterdir()] == ["servers.txt"]


def test_each_token_is_new_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    tokens = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        tokens.add(launcher.make_token(tmp_path / name))
        assert (tmp_path / name / "token").read_text() in tokens
        assert (tmp_path / name / "token").stat().st_mode & 0o777 == 0o600
    assert len(tokens) == 2
    assert min(map(len, tokens)) >= 32


class Interrupting:
    """Replaces the argument `servers` of `run_agent`. Sends this process one signal when the agent is ready."""

    def __init__(self, ready: Path, number: signal.Signals) -> None:
        self._ready = ready
        self._number = number

    def attend(self) -> None:
        if self._ready.exists():
            self._ready.unlink()
            os.kill(os.getpid(), self._number)


@pytest.fixture
def _handlers() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    # If the tests run as a background job, SIGINT is ignored. The script of the test would inherit this, and a shell
    # cannot trap an ignored signal. So the signals get their default handlers.
    for number in numbers:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.usefixtures("_handlers")
@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("exit 7", 7),
        ("kill -KILL $$", 128 + 9),
        # With two signals the exit code would be 43.
        ("n=41; trap 'n=$((n + 1))' {}; touch ready; while [ $n = 41 ]; do sleep 0.1; done; sleep 0.5; exit $n", 42),
    ],
)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_agents_exit_code_is_returned_and_each_signal_reaches_the_agent_once(
    tmp_path: Path, script: str, code: int, number: signal.Signals
) -> None:
    command = ["sh", "-c", f"cd '{tmp_path}'; {script.format(number.name.removeprefix('SIG'))}"]
    servers: Any = Interrupting(tmp_path / "ready", number)
    assert launcher.run_agent(command, servers) == code


class Cluster(NamedTuple):
    """A cluster with a head and two nodes. `namespace` is the id of a process in the cluster's network namespace.
    `nodes` contains one process id for each node: this process leads the node's process session (see os.setsid)."""

    folder: str
    namespace: int
    nodes: list[int]

    def launch(self, *words: str | Path) -> subprocess.Popen[bytes]:
        """Runs gymwire.ray with two servers in the cluster's network."""
        inside = ["nsenter", f"--net=/proc/{self.namespace}/ns/net", str(RAY_PYTHON)]
        command = [*inside, "-m", "gymwire.ray", "--servers=2", "--", *map(str, words)]
        # If gymwire.ray is killed, it does not delete its list of servers, so TMPDIR is the test's own folder.
        environment = dict(os.environ, RAY_ADDRESS="10.78.0.1:6379", TMPDIR=self.folder)
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)

    def processes(self, node: int, words: str) -> list[int]:
        """Returns a node's processes that have the words in their command lines."""
        return [pid for pid in session(node) if words in command_line(pid).replace("\0", " ")]

    def servers(self) -> list[int]:
        return [pid for node in self.nodes for pid in self.processes(node, "-m gymwire.server")]


def missing() -> str:
    """Returns why a cluster is not possible; empty if it is possible."""
    if not RAY_PYTHON.exists():
        return "Ray is not installed; make its environment with: python3 python-env-server/make_ray.py"
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nsenter", "unshare"))):
        return "a cluster needs a network namespace, and this needs root and the programs ip, nsenter and unshare"
    return ""


@pytest.fixture(scope="module")
def _possible() -> None:
    reason = missing()
    if reason and "GYMWIRE_REQUIRE_RAY" in os.environ:
        pytest.fail(f"GYMWIRE_REQUIRE_RAY is set, but {reason}")
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="module")
def one_machine(_possible: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run without a cluster; the agent starts its servers itself."""
    run = tmp_path_factory.mktemp("one_machine") / "run"
    subprocess.run([GYMWIRE, *train(run)], check=True)
    return run


@pytest.fixture
def cluster(_possible: None) -> Iterator[Cluster]:
    # Ray makes sockets in this folder; their paths must be short.
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as folder:
        command = [str(RAY_PYTHON), str(TESTS / "ray_cluster.py"), folder]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said = process.stdout.readline().split()
            assert said[:1] == ["ready"], [path.read_text() for path in Path(folder).glob("*.log")]
            namespace, *nodes = map(int, said[1:])
            yield Cluster(folder, namespace, nodes)
            assert process.stdin is not None
            process.stdin.close()


def train(run: Path) -> list[str]:
    words = f"train CartPole-v1 --batch {BATCH} --steps {BATCH * ITERATIONS} --envs 4 --workers 2 --critic-epochs 1"
    return [*words.split(), "--run-dir", str(run)]


def test_a_run_on_two_nodes_equals_a_run_on_one_machine_even_if_servers_are_lost(
    cluster: Cluster, one_machine: Path, tmp_path: Path
) -> None:
    quiet = tmp_path / "quiet"
    with cluster.launch(*train(quiet)) as launched:
        assert launched.wait(SECONDS) == 0
    assert_same(quiet, one_machine)
    hosts = {server["address"].partition(":")[0] for server in fleet(quiet)["servers"]}
    assert hosts == {"10.78.0.2", "10.78.0.3"}
    assert wait_until(lambda: not cluster.servers())

    run = tmp_path / "run"
    lost, kept = cluster.nodes
    with cluster.launch(*train(run)) as launched:
        agent = stop_agent(launched, run)
        first = servers_list(agent)
        on_kept = cluster.processes(kept, "ray::Server")
        assert (len(first), len(on_kept)) == (2, 1)
        for pid in session(lost):
            if "gymwire.server" not in command_line(pid):
                os.kill(pid, signal.SIGKILL)
        assert wait_until(lambda: not session(lost)), "the server still runs after the end of its node"
        assert wait_until(lambda: len(servers_list(agent) & first) == 1 and len(servers_list(agent)) == 2, SECONDS)
        os.kill(on_kept[0], signal.SIGKILL)
        assert wait_until(lambda: len(servers_list(agent) - first) == 2, SECONDS)
        replaced = servers_list(agent)
        os.kill(agent, signal.SIGCONT)
        assert launched.wait(SECONDS) == 0
    assert_same(run, one_machine)
    assert {server["address"] for server in fleet(run)["servers"]} == replaced
    assert fleet(run)["losses"]
    assert wait_until(lambda: not cluster.servers())


def test_if_the_command_is_interrupted_or_killed_its_servers_end_and_the_run_can_be_resumed(
    cluster: Cluster, one_machine: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    with cluster.launch(*train(run)) as launched:
        agent = stop_agent(launched, run)
        launched.send_signal(signal.SIGINT)
        os.kill(agent, signal.SIGCONT)
        assert launched.wait(SECONDS) == 130
    assert wait_until(lambda: not cluster.servers())
    done = rows(run)
    assert done < ITERATIONS

    with cluster.launch("train", "--resume", run) as launched:
        agent = stop_agent(launched, run, done + 1)
        assert cluster.servers()
        launched.kill()
    assert wait_until(lambda: not cluster.servers())
    os.kill(agent, signal.SIGTERM)
    os.kill(agent, signal.SIGCONT)
    assert wait_until(lambda: not is_alive(agent), SECONDS)

    subprocess.run([GYMWIRE, "train", "--resume", run], check=True)
    assert_same(run, one_machine)


def stop_agent(launched: subprocess.Popen[bytes], run: Path, least: int = 3) -> int:
    """Waits until the run has `least` iterations, then sends the agent SIGSTOP; returns the agent's process id."""
    assert wait_until(lambda: rows(run) >= least or launched.poll() is not None, SECONDS)
    (agent,) = (pid for pid in descendants(launched.pid) if "-Dgymwire.home" in command_line(pid))
    os.kill(agent, signal.SIGSTOP)
    assert rows(run) < ITERATIONS, "the run ended too early"
    return agent


def servers_list(agent: int) -> set[str]:
    """Returns the addresses in the list of servers that an agent was given."""
    (path,) = re.findall("--servers\0(.*?)\0", command_line(agent))
    return {line.split()[0] for line in Path(path).read_text().splitlines()}


def assert_same(run: Path, expected: Path) -> None:
    ours, theirs = manifest(run), manifest(expected)
    assert (ours["status"], ours["checkpoint"]) == ("finished", theirs["checkpoint"])
    name = f"checkpoints/step_{BATCH * ITERATIONS:09}.sha256"
    assert (run / name).read_text() == (expected / name).read_text()


def manifest(run: Path) -> dict[str, Any]:
    return json.loads((run / "manifest.json").read_text())


def fleet(run: Path) -> dict[str, Any]:
    return manifest(run)["fleet"]


def rows(run: Path) -> int:
    try:
        with (run / "progress.csv").open(newline="") as file:
            return sum(1 for _ in csv.DictReader(file))
    except FileNotFoundError:
        return 0


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def is_alive(pid: int) -> bool:
    # A zombie process has an empty command line.
    return command_line(pid) != ""


def session(leader: int) -> list[int]:
    """Returns the living processes of a process session."""
    pids = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if session_of(pid) == leader and is_alive(pid)]


def session_of(pid: int) -> int:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return 0
