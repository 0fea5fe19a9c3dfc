# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests the servers that gymwire.ray starts, without Ray: a child process takes the place of a Ray actor."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from client import make_request
from process_usage import descendants, is_running, wait_until

from gymwire import ray as launcher
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

TOKEN = "0123456789abcdef0123456789abcdef"
# The program of the child process. Its arguments are the command line of gymwire.ray.
ACTOR = (
    "import sys; from gymwire import ray; server = ray.Server(); "
    "arguments = ray.server_arguments(ray.parse(sys.argv[1:])); "
    "print(server.start(sys.stdin.readline().strip(), arguments, '127.0.0.1'), flush=True); server.wait()"
)


@contextlib.contextmanager
def server(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Starts a server as `gymwire.ray --servers 1 OPTIONS -- train A` does. Yields its address and its actor."""
    command = [sys.executable, "-c", ACTOR, "--servers", "1", *options, "--", "train", "A"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as actor:
        assert actor.stdin is not None
        assert actor.stdout is not None
        print(TOKEN, file=actor.stdin, flush=True)
        try:
            yield actor.stdout.readline().strip(), actor
        finally:
            actor.kill()


def make(address: str, request: pb.MakeRequest, token: str = TOKEN) -> tuple[grpc.StatusCode | None, str]:
    """Makes environments; returns the status code and the message if that fails, otherwise None and an empty string."""
    with grpc.insecure_channel(address) as channel:
        metadata = [("authorization", f"Bearer {token}")]
        try:
            pb_grpc.EnvironmentServiceStub(channel).Make(request, timeout=60, metadata=metadata)
        except grpc.RpcError as error:
            return error.code(), error.details() or ""
    return None, ""


def test_a_server_requires_its_token_and_keeps_it_secret_and_ends_when_its_actor_ends() -> None:
    with server() as (address, actor):
        assert make(address, make_request("CartPole-v1")) == (None, "")
        code, _ = make(address, make_request("CartPole-v1"), "wrong" + TOKEN)
        assert code == grpc.StatusCode.UNAUTHENTICATED
        processes = descendants(actor.pid)
        assert processes
        for pid in processes:
            for file in ("cmdline", "environ"):
                assert TOKEN.encode() not in Path(f"/proc/{pid}/{file}").read_bytes()
        actor.kill()
        assert wait_until(lambda: not any(map(is_running, processes)))


def test_a_server_has_high_limits_and_all_permissions_except_windows() -> None:
    with server() as (address, actor):
        # The requests need --allow-import, --allow-files, and a --max-envs-per-session above its default, 1,024.
        assert make(address, make_request("gymnasium:CartPole-v1")) == (None, "")
        assert make(address, make_request("Hopper-v5", kwargs={"xml_file": "hopper.xml"})) == (None, "")
        assert make(address, make_request("CartPole-v1", num_envs=1025)) == (None, "")
        words = [Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0") for pid in descendants(actor.pid)]
        for option in ("--allow-call", "--max-sessions=1000000", "--request-seconds=10000000"):
            assert any(option in each for each in words), option


def test_server_options_on_the_command_line_replace_the_limits_of_gymwire_ray() -> None:
    with server("--max-envs", "3", "--session-memory", "5000") as (address, _):
        assert make(address, make_request("CartPole-v1", num_envs=3)) == (None, "")
        code, message = make(address, make_request("CartPole-v1"))
        assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "--max-envs" in message


def test_a_server_that_does_not_start_says_why() -> None:
    with pytest.raises(RuntimeError, match=r"on 127\.0\.0\.1 ended with exit code 2: .*--import no_such_module failed"):
        launcher.Server().start(TOKEN, ["--import=no_such_module"], "127.0.0.1")
