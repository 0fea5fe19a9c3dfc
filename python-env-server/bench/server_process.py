# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Starts the server that is measured, opens sessions on it, and reads its processes' resources from Linux's /proc."""

import os
import queue
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import grpc
import numpy as np
import numpy.typing as npt

from gymwire.codec import encode_dict, encode_value
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

TESTS = Path(__file__).resolve().parent.parent / "tests"
CALL_SECONDS = 120.0

_TICK_SECONDS = 1.0 / os.sysconf("SC_CLK_TCK")


class Server:
    """A server as a child process, on a Unix socket, without a log of sessions."""

    def __init__(self, *arguments: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="gymwire-bench-")
        self._errors = Path(self._folder.name, "errors").open("w+", encoding="utf-8")  # noqa: SIM115 (closed on exit)
        listen = f"unix:{self._folder.name}/s.sock"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gymwire.server", "--listen", listen, "--log-file", os.devnull, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=dict(os.environ, PYTHONPATH=str(TESTS)),
            text=True,
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().removeprefix("listening on ").strip()
        if not self.address:
            sys.exit(f"the server did not start with {' '.join(arguments)}:\n{self.errors()}")

    @property
    def pid(self) -> int:
        """The id of the front process, to which clients connect."""
        return self.process.pid

    def errors(self) -> str:
        """Returns the end of what the server wrote on standard error."""
        return Path(self._errors.name).read_text(encoding="utf-8", errors="replace")[-2000:]

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._errors.close()
        self._folder.cleanup()


class Session:
    """A session of n environments. It uses unary calls or its own stream, and asks for no infos."""

    def __init__(self, channel: grpc.Channel, env_id: str, n: int, streamed: bool) -> None:
        self._stub = pb_grpc.EnvironmentServiceStub(channel)
        self._requests: queue.SimpleQueue[pb.InteractRequest | None] = queue.SimpleQueue()
        self._stream: Any = None
        if streamed:
            self._stream = self._stub.Interact(iter(self._requests.get, None))
        infos = pb.InfoSelection(none=pb.NoInfos())
        made = self._ask("make", pb.MakeRequest(env_id=env_id, num_envs=n, infos=infos, lease_seconds=3600.0))
        self.id = made.session_id

    def reset(self, seed: int) -> pb.ResetResponse:
        """Starts new episodes."""
        return self._ask("reset", pb.ResetRequest(session_id=self.id, seed=seed))

    def step(self, actions: npt.NDArray[Any]) -> pb.StepResponse:
        """Steps every environment."""
        return self._ask("step", pb.StepRequest(session_id=self.id, actions=encode_value(actions)))

    def close(self) -> None:
        """Closes the session and its stream."""
        self._ask("close", pb.CloseRequest(session_id=self.id))
        if self._stream is not None:
            self._requests.put(None)
            for _ in self._stream:
                raise AssertionError("the server sent an answer without a request")

    def _ask(self, kind: str, request: Any) -> Any:
        if self._stream is None:
            return getattr(self._stub, kind.capitalize())(request, timeout=CALL_SECONDS)
        self._requests.put(pb.InteractRequest(**{kind: request}))
        response = next(self._stream)
        if response.WhichOneof("response") != kind:
            raise RuntimeError(f"{kind} failed on a stream: {response.error.message}")
        return getattr(response, kind)


def open_channel(address: str) -> grpc.Channel:
    """Returns a channel with its own connection, which no other channel of this process uses."""
    options = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_receive_message_length", -1)]
    return grpc.insecure_channel(address, options)


def make_request(env_id: str, kwargs: dict[str, Any], **fields: Any) -> pb.MakeRequest:
    """Returns a Make request for one environment."""
    return pb.MakeRequest(env_id=env_id, num_envs=1, kwargs=encode_dict(kwargs), **fields)


def sampler(env_id: str, n: int, rng: np.random.Generator) -> Callable[[], npt.NDArray[Any]]:
    """Returns a function that draws actions for n CartPoles or HalfCheetahs."""
    if env_id.startswith("CartPole"):
        return lambda: rng.integers(0, 2, n)
    return lambda: rng.uniform(-1.0, 1.0, (n, 6)).astype(np.float32)


def tree(pid: int) -> list[int]:
    """Returns a process and those of its descendants that are not zombies."""
    children: dict[int, list[int]] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        fields = _stat(int(file.parent.name))
        if fields and fields[0] != "Z":
            children.setdefault(int(fields[1]), []).append(int(file.parent.name))
    found = [pid]
    for each in found:
        found.extend(children.get(each, []))
    return found


def direct_children(pid: int) -> list[int]:
    """Returns the direct children of a process, without zombies."""
    return [each for each in tree(pid) if (_stat(each)[1:2] or ["0"])[0] == str(pid)]


def cpu_seconds(pids: list[int]) -> float:
    """Returns the processor time that processes have used together."""
    return sum(_TICK_SECONDS * (int(fields[11]) + int(fields[12])) for fields in map(_stat, pids) if fields)


def descriptors(pid: int) -> int:
    """Returns the number of open descriptors of a process; 0 if it has ended."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def resident_mib(pid: int) -> float:
    """Returns the resident memory of a process; 0 if it has ended."""
    return _field(Path(f"/proc/{pid}/status"), "VmRSS") / 1024


def proportional_mib(pids: list[int]) -> float:
    """Returns the memory that processes use together. Memory that n processes share counts 1/n for each of them."""
    return sum(_field(Path(f"/proc/{pid}/smaps_rollup"), "Pss") for pid in pids) / 1024


def available_mib() -> float:
    """Returns the machine's available memory."""
    return _field(Path("/proc/meminfo"), "MemAvailable") / 1024


def _field(file: Path, name: str) -> int:
    """Returns a field of a file in /proc, in KiB; 0 if the file's process has ended."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


def _stat(pid: int) -> list[str]:
    """Returns the fields of /proc/PID/stat after the program's name, which may contain any character. The list is
    empty if the process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []
