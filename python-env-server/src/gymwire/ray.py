# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Trains with servers on a Ray cluster: ``python -m gymwire.ray --servers N -- train ENV_ID ...``.

Ray actors run environment servers on the nodes of the cluster. The agent, ``./gymwire``, runs on the host of this
command and finds the servers in a list. This command writes the list and passes it to the agent with the agent's own
option ``--servers FILE``. When a server ends or is lost with its node, this command starts a new server at a new
address, and writes the list again. If the new server fails to start, the agent continues with the other servers. The
agent reads the list again when it has lost a session.
"""

import argparse
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any

from gymwire.server.extra import install_command
from gymwire.server.options import make_parser

# The time limit for the servers to start, and for the agent to reach them, in seconds. Clusters that grow on demand
# need minutes.
_WAIT_SECONDS = 300
_POLL_SECONDS = 0.5

# Only this run has the servers' token. So these servers permit everything that a managed server permits, except
# windows. If servers are lost, one server may get all sessions. So the --max options have the largest value that the
# server accepts; only memory limits the sessions. The agent's --request-timeout, at most 10,000,000, limits a request's
# time.
_SERVER_OPTIONS = (
    "--allow-import",
    "--allow-files",
    "--allow-call",
    *(f"--max-{what}=1000000" for what in ("sessions", "envs", "envs-per-session", "processes")),
    "--request-seconds=10000000",
)
# Options of the server that this command refuses, with the reasons.
_REFUSED = {
    "listen": "each server listens at a free port of its node",
    "token_file": "the servers require the token that this command makes",
    "tls_cert": "the agent connects to the servers without TLS",
    "lean": "a server that listens on the network cannot be lean",
}


class LaunchError(Exception):
    """A failure, with a message that explains it to the user."""


class Server:
    """A Gymwire server as a child of this process, which is the process of a Ray actor. The server always ends when
    this process ends, because the server's standard input is closed then (``--managed``)."""

    def start(self, token: str, arguments: list[str], host: str | None = None) -> str:
        """Starts the server with these arguments at any free port of `host` (None: this node); returns the server's
        address."""
        if host is None:
            from ray.util import get_node_ip_address

            host = get_node_ip_address()
        # With a pipe the token is on no command line and in no file of the node.
        reader, writer = os.pipe()
        os.write(writer, token.encode())
        os.close(writer)
        command = [sys.executable, "-m", "gymwire.server", "--managed", "--listen", f"{host}:0"]
        command += ["--token-file", f"/dev/fd/{reader}", *arguments]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, pass_fds=[reader], text=True)
        os.close(reader)
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        first_line = self._process.stdout.readline()
        if not first_line:
            with self._process:
                _, errors = self._process.communicate()
            raise RuntimeError(
                f"the server on {host} ended with exit code {self._process.returncode}: {errors.strip()}"
            )
        # Ray prints this process's standard error in the terminal where `python -m gymwire.ray` runs.
        threading.Thread(target=sys.stderr.writelines, args=(self._process.stderr,), daemon=True).start()
        return first_line.removeprefix("listening on ").strip()

    def wait(self) -> int:
        """Waits for the server's end; returns its exit code."""
        return self._process.wait()


class Servers:
    """Servers on a Ray cluster, and the list of servers that the agent reads."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        import ray

        self._ray = ray
        self._folder = folder
        self._token = make_token(folder)
        self._arguments = server_arguments(options)
        self._actor = ray.remote(Server).options(num_cpus=options.cpus_per_server, scheduling_strategy="SPREAD")
        self._pending: dict[Any, Any] = {}  # the future of an actor's `start` or `wait` -> the actor
        self._addresses: dict[Any, str] = {}  # actor -> address of its running server
        for _ in range(options.servers):
            self._start_one()

    def _start_one(self) -> None:
        actor = self._actor.remote()
        self._pending[actor.start.remote(self._token, self._arguments)] = actor

    def wait_for_all(self) -> None:
        """Waits until all servers run, but at most _WAIT_SECONDS. Raises LaunchError if no server runs after this time.
        If a server fails to start, LaunchError is raised immediately."""
        wanted = len(self._pending)
        deadline = time.monotonic() + _WAIT_SECONDS
        while len(self._addresses) < wanted and time.monotonic() < deadline:
            self.attend()
        if not self._addresses:
            cpus = self._ray.available_resources().get("CPU", 0)
            raise LaunchError(
                f"no server could be started in {_WAIT_SECONDS} s: the cluster has {cpus:g} free CPUs; end "
                "other work, add nodes, or reserve fewer CPUs for each server with --cpus-per-server (default: 1); see "
                "`ray status`"
            )

    def attend(self) -> None:
        """Waits a short time for servers that start or end, and replaces the servers that end. Raises LaunchError if a
        server fails to start."""
        if not self._pending:
            time.sleep(_POLL_SECONDS)
            return
        ready, _ = self._ray.wait(list(self._pending), timeout=_POLL_SECONDS)
        for each in ready:
            self._attend_to(each, self._pending.pop(each))

    def _attend_to(self, ready: Any, actor: Any) -> None:
        before = self._addresses.pop(actor, None)
        try:
            after = self._ray.get(ready)
        except self._ray.exceptions.RayTaskError as error:
            # A new attempt could get the same node again and fail again. So the user must correct the cause.
            raise LaunchError(f"{error.cause}; install the same version of gymwire[ray] on every node") from error
        except self._ray.exceptions.RayActorError as error:
            after = f"lost with its node or process ({type(error).__name__})"
            before = before or "that was starting"
        if before is None:
            self._addresses[actor] = after
            self._pending[actor.wait.remote()] = actor
        else:
            cause = f"exit code {after}" if isinstance(after, int) else after
            _say(f"the server {before} has ended ({cause}); starting another one")
            self._ray.kill(actor)
            self._start_one()
        # An empty list is not written, because an agent that has just started would refuse it.
        if self._addresses:
            write_list(self._folder, self._addresses.values())


def server_arguments(options: argparse.Namespace) -> list[str]:
    """Returns the arguments of each server. If an option is given twice, the server uses the last value, so the options
    of the command line are last."""
    return [*_SERVER_OPTIONS, *(f"--import={module}" for module in options.modules), *options.server_options]


def make_token(folder: Path) -> str:
    """Returns a new token, and writes it to a file in the folder. Only the owner of the file can read it."""
    token = secrets.token_hex(32)
    (folder / "token").touch(mode=0o600, exist_ok=False)
    (folder / "token").write_text(token, encoding="ascii")
    return token


def write_list(folder: Path, addresses: Iterable[str]) -> None:
    """Replaces the list of servers in one operation, because the agent may be reading it."""
    part = folder / "servers.txt.part"
    part.write_text("".join(f"{address} token-file=token\n" for address in addresses), encoding="utf-8")
    part.replace(folder / "servers.txt")


def find_gymwire(given: Path | None) -> Path:
    """Returns the path of the agent's launcher: `given`, if it is not None. Otherwise, looks for the launcher in this
    module's checkout, and then on the PATH. Raises LaunchError if there is no executable file."""
    places = [given] if given else [Path(__file__).resolve().parents[3] / "gymwire", shutil.which("gymwire")]
    for place in places:
        if place and os.path.isfile(place) and os.access(place, os.X_OK):
            return Path(place).absolute()
    what = f"{given} is no program" if given else "there is no gymwire in this package's checkout, nor on the PATH"
    raise LaunchError(f"{what}; give the path of a checkout's launcher with --gymwire PATH")


def parse(arguments: list[str]) -> argparse.Namespace:
    """Returns the options. The attribute `words` of the result contains the agent's arguments, and `server_options` the
    servers' options."""
    parser = argparse.ArgumentParser(
        prog="python -m gymwire.ray",
        usage="%(prog)s --servers N [OPTIONS] -- train ENV_ID ...",
        description="Starts servers on a Ray cluster, and runs ./gymwire on this host with these servers. The "
        "arguments that follow -- are passed to ./gymwire. The cluster is the one that RAY_ADDRESS names, or the one "
        "that this machine belongs to, or a new local one.",
        epilog="All other options before -- go to the servers, e.g. --session-memory 16384. List the servers' options "
        "with: python -m gymwire.server --help",
        allow_abbrev=False,
    )
    parser.add_argument("--servers", metavar="N", type=_positive_int, required=True, help="how many servers to start")
    parser.add_argument(
        "--cpus-per-server",
        metavar="C",
        type=_positive_int,
        default=1,
        help="CPUs that each server reserves on its node; default: %(default)s",
    )
    parser.add_argument(
        "--import",
        dest="modules",
        metavar="MODULE",
        action="append",
        default=[],
        help="on each server, import a module that registers your own environments; may be repeated",
    )
    parser.add_argument(
        "--gymwire",
        metavar="PATH",
        type=Path,
        help="the agent's launcher; default: the one in this package's checkout, or else the one on the PATH",
    )
    at = arguments.index("--") if "--" in arguments else len(arguments)
    options, server_options = parser.parse_known_args(arguments[:at])
    _check_server_options(server_options, parser)
    options.server_options = server_options
    options.words = arguments[at + 1 :]
    if not options.words:
        parser.error("the agent has no arguments; give them after --, as in: --servers 2 -- train CartPole-v1")
    return options


def _check_server_options(given: list[str], parser: argparse.ArgumentParser) -> None:
    """Ends this process if the servers would refuse an option, or must not get it."""
    read, unknown = make_parser().parse_known_args(["--listen=", *given])
    if unknown:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    for name, reason in _REFUSED.items():
        if getattr(read, name):
            option = f"--{name.replace('_', '-')}"
            parser.error(f"{option} cannot be combined with --servers: {reason}; leave {option} out")


def _positive_int(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 10000")
    return int(text)


def run_agent(command: list[str], servers: Servers) -> int:
    """Runs the agent, and replaces servers that end in the meantime; returns the agent's exit code."""
    # The agent gets its own process session, so that it receives the terminal's Ctrl-C only once, from this process.
    agent = subprocess.Popen(command, start_new_session=True)

    def pass_on(number: int, _: FrameType | None) -> None:
        if agent.poll() is None:
            os.killpg(agent.pid, number)

    try:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, pass_on)
        while agent.poll() is None:
            try:
                servers.attend()
            except LaunchError as error:
                _say(f"{error}; continuing with the other servers")
    finally:
        pass_on(signal.SIGTERM, None)
        code = agent.wait()
    return code if code >= 0 else 128 - code


def _say(message: str) -> None:
    print(f"gymwire.ray: {message}", file=sys.stderr, flush=True)


def main() -> int:
    """Starts servers and the agent; returns the agent's exit code. If the agent does not start, returns 2 after an
    error, and 130 after Ctrl-C."""
    options = parse(sys.argv[1:])
    try:
        gymwire = find_gymwire(options.gymwire)
        if importlib.util.find_spec("ray") is None:
            raise LaunchError(f"Ray is not installed; install it with: {install_command('gymwire[ray]')}")
        return launch(gymwire, options)
    except LaunchError as error:
        _say(str(error))
        return 2
    except KeyboardInterrupt:
        return 130


def launch(gymwire: Path, options: argparse.Namespace) -> int:
    """Connects to Ray, or starts it on this machine. Starts the servers and runs the agent; returns the agent's exit
    code."""
    import ray

    try:
        ray.init()
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise LaunchError(f"Ray cannot be reached or started: {error}; check RAY_ADDRESS and `ray status`") from error
    try:
        with tempfile.TemporaryDirectory(prefix="gymwire-ray-") as folder:
            servers = Servers(options, Path(folder))
            servers.wait_for_all()
            words = [*options.words, "--servers", f"{folder}/servers.txt", "--wait-servers", str(_WAIT_SECONDS)]
            return run_agent([str(gymwire), *words], servers)
    finally:
        # Ends the actors, and the cluster if this process has started it.
        ray.shutdown()


if __name__ == "__main__":
    sys.exit(main())
