# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A small client for the tests, and a class that starts a server for it."""

import os
import queue
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import numpy.typing as npt
import pytest

from gymwire.codec import decode_space, decode_value, encode_dict, encode_value
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

TESTS = Path(__file__).parent
DEADLINE_SECONDS = 30

ALL = pb.InfoSelection(all=pb.AllInfos())
NONE = pb.InfoSelection(none=pb.NoInfos())


class ServerProcess:
    """A real server as a child process."""

    def __init__(
        self,
        *arguments: str,
        listen: str = "127.0.0.1:0",
        stdin: int = subprocess.DEVNULL,
        python: str | Path = sys.executable,
    ) -> None:
        # The server also gets the tests' own PYTHONPATH. With it, a developer can test another version of a package.
        path = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
        environment = dict(os.environ, PYTHONPATH=path)
        # Standard error goes to a file, because a server drops text when the pipe of its standard error is full.
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 (outcome and kill close it)
        self.process = subprocess.Popen(
            [python, "-m", "gymwire.server", "--listen", listen, *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
            text=True,
        )
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline()
        self.address = self.first_line.removeprefix("listening on ").strip()

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal."""
        self.process.send_signal(number)

    def wait(self) -> int:
        """Waits for the end; returns the exit code."""
        return self.process.wait(DEADLINE_SECONDS)

    def outcome(self) -> tuple[int, str, str]:
        """Waits for the end; returns the exit code, the rest of standard output, and standard error."""
        out, _ = self.process.communicate(timeout=DEADLINE_SECONDS)
        with self._errors as errors:
            errors.seek(0)
            return self.process.returncode, out, errors.read()

    def kill(self) -> None:
        """Kills the process if it still runs, and closes its pipes and the file of its standard error."""
        if self.process.poll() is None:
            self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout, self._errors):
            if pipe is not None:
                pipe.close()
        self.process.wait(DEADLINE_SECONDS)


class Stream:
    """The client's side of an Interact stream."""

    def __init__(self, stub: pb_grpc.EnvironmentServiceStub) -> None:
        self._requests: queue.SimpleQueue[pb.InteractRequest | None] = queue.SimpleQueue()
        self.call = stub.Interact(iter(self._requests.get, None), timeout=DEADLINE_SECONDS)

    def send(self, **request: Any) -> None:
        """Sends a request without waiting for its response."""
        self._requests.put(pb.InteractRequest(**request))

    def receive(self) -> pb.InteractResponse:
        """Returns the next response."""
        return next(self.call)

    def ask(self, **request: Any) -> Any:
        """Sends a request. Returns the message inside the next InteractResponse, e.g. a StepResponse."""
        self.send(**request)
        response = self.receive()
        return getattr(response, response.WhichOneof("response"))

    def close(self) -> None:
        """Ends the stream, waits until the server has ended it too, and checks that no response was left."""
        self._requests.put(None)
        assert list(self.call) == []


class Client:
    """A gRPC channel to a server, with methods for the calls that many tests make."""

    def __init__(self, address: str) -> None:
        self.channel = grpc.insecure_channel(address)
        self.stub = pb_grpc.EnvironmentServiceStub(self.channel)
        self._made: list[str] = []

    def make(self, env_id: str, num_envs: int = 1, **fields: Any) -> pb.MakeResponse:
        """Opens a session by a unary call (one request, one response)."""
        made = self.stub.Make(make_request(env_id, num_envs, **fields), timeout=DEADLINE_SECONDS)
        self._made.append(made.session_id)
        return made

    def reset(self, session_id: str, **fields: Any) -> pb.ResetResponse:
        """Resets by a unary call."""
        return self.stub.Reset(pb.ResetRequest(session_id=session_id, **fields), timeout=DEADLINE_SECONDS)

    def step(self, session_id: str, actions: npt.NDArray[Any], **fields: Any) -> pb.StepResponse:
        """Steps by a unary call."""
        request = pb.StepRequest(session_id=session_id, actions=encode_value(actions), **fields)
        return self.stub.Step(request, timeout=DEADLINE_SECONDS)

    def close_session(self, session_id: str) -> None:
        """Closes a session by a unary call."""
        self.stub.Close(pb.CloseRequest(session_id=session_id), timeout=DEADLINE_SECONDS)

    def close(self) -> None:
        """Closes the sessions that `make` opened, and the channel."""
        for session_id in self._made:
            self.close_session(session_id)
        self.channel.close()

    def stream(self) -> Stream:
        """Opens an Interact stream."""
        return Stream(self.stub)


def make_request(env_id: str, num_envs: int = 1, kwargs: dict[str, Any] | None = None, **fields: Any) -> pb.MakeRequest:
    """Returns a MakeRequest."""
    return pb.MakeRequest(env_id=env_id, num_envs=num_envs, kwargs=encode_dict(kwargs or {}), **fields)


def some_actions(made: pb.MakeResponse) -> npt.NDArray[Any]:
    """Returns a valid action for each environment of a session."""
    space = decode_space(made.action_space)
    space.seed(0)
    return np.asarray(space.sample())


def observations(response: Any) -> npt.NDArray[Any]:
    """Returns the observations of a response."""
    return np.asarray(decode_value(response.observations))


def flags(data: bytes) -> list[bool]:
    """Returns the bytes of a field such as `terminated` as booleans."""
    return [byte == 1 for byte in data]


def error_detail(error: grpc.RpcError) -> pb.ErrorDetail:
    """Returns the ErrorDetail in the trailing metadata of a failed unary call."""
    metadata: Any = error.trailing_metadata()
    for key, value in metadata:
        if key == "gymwire-error-bin":
            return pb.ErrorDetail.FromString(value)
    raise AssertionError(f"no gymwire-error-bin in the trailing metadata of {error}")


def refusal(call: Any) -> tuple[grpc.StatusCode, pb.ErrorDetail]:
    """Returns the status code and the ErrorDetail of a call that must fail."""
    with pytest.raises(grpc.RpcError) as failure:
        call()
    error = failure.value
    detail = error_detail(error)
    assert detail.code == error.code().value[0]
    assert detail.message == error.details()
    return error.code(), detail
