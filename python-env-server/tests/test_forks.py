# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A process with remote environments forks, as `AsyncVectorEnv` does on Linux before Python 3.14. Most children make
their own environments.

The environment variable GYMWIRE_FORKS sets the number of children, for example 120.
"""

import multiprocessing
import os
import subprocess
import sys

import pytest
from client import ServerProcess

FORKS = int(os.environ.get("GYMWIRE_FORKS", "30"))

pytestmark = pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system has no fork")

# This script runs in a separate process, because gRPC decides at its import whether it supports forks.
FORKING = """
import multiprocessing, os, sys
{first}
from gymwire.client import RemoteEnv

def play(address, results):
    try:
        env = RemoteEnv("CartPole-v1", address)
        env.reset(seed=1)
        env.step(0)
        env.close()
        results.put("played")
    except BaseException as error:
        results.put(repr(error))

address, count = sys.argv[1], int(sys.argv[2])
env = RemoteEnv("CartPole-v1", address)
env.reset(seed=0)
context = multiprocessing.get_context("fork")
results = context.SimpleQueue()
for _ in range(count):
    child = context.Process(target=play, args=(address, results))
    child.start()
    child.join(30)
    print("hangs" if child.is_alive() else results.get() if child.exitcode == 0 else child.exitcode, flush=True)
    child.kill()
    env.step(0)
    env.reset()
try:
    pid = os.fork()
    if pid == 0:
        env.step(0)
except RuntimeError as error:
    print(error, flush=True)
    os._exit(0)
os.waitpid(pid, 0)
env.step(0)
env.close()
"""


def fork(server: ServerProcess, count: int, first: str = "", **variables: str) -> tuple[list[str], str]:
    environment = {name: value for name, value in os.environ.items() if name != "GRPC_ENABLE_FORK_SUPPORT"}
    result = subprocess.run(
        [sys.executable, "-c", FORKING.format(first=first), server.address, str(count)],
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=60 + 10 * count,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines(), result.stderr


def test_children_make_their_own_environments_and_cannot_use_those_of_the_parent(server: ServerProcess) -> None:
    lines, errors = fork(server, FORKS)
    assert lines[:FORKS] == ["played"] * FORKS
    assert "make one in each process" in lines[FORKS]
    assert "RuntimeWarning" not in errors


def test_the_client_warns_if_grpc_was_imported_before_it(server: ServerProcess) -> None:
    _, errors = fork(server, 1, first="import grpc")
    assert "gRPC was imported before gymwire.client; import gymwire.client first" in errors


# In the forked child, RemoteEnv warns that gRPC does not support forks. The script turns this warning into an error. So
# RemoteEnv fails before it waits for an answer of the server. This wait could be endless after a fork.
WITHOUT_SUPPORT = """
import os, signal, sys, warnings
from gymwire.client import RemoteEnv

env = RemoteEnv("CartPole-v1", sys.argv[1])
if os.fork() == 0:
    signal.alarm(60)
    warnings.simplefilter("error")
    try:
        RemoteEnv("CartPole-v1", sys.argv[1])
    except RuntimeWarning as warning:
        print(warning, flush=True)
    os._exit(0)
os.wait()
env.close()
"""


def test_the_client_warns_if_the_users_setting_prevents_support_of_forks(server: ServerProcess) -> None:
    result = subprocess.run(
        [sys.executable, "-c", WITHOUT_SUPPORT, server.address],
        env={**os.environ, "GRPC_ENABLE_FORK_SUPPORT": "0"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "gRPC found GRPC_ENABLE_FORK_SUPPORT=0; set it to 1" in result.stdout, result.stderr
    assert result.returncode == 0


# Before the fork, the parent resets the first environment and does nothing with the second.
WAITING = """
import os, sys, time
from gymwire.client import RemoteEnv

stepped, new = [RemoteEnv("CartPole-v1", sys.argv[1]) for _ in range(2)]
stepped.reset(seed=0)
pid = os.fork()
if pid == 0:
    os._exit(0)
os.waitpid(pid, 0)
time.sleep(4 * float(sys.argv[2]))
print(stepped.step(0)[2], new.reset(seed=0)[0].shape)
stepped.close()
new.close()
"""


def test_the_sessions_of_the_parent_do_not_expire_after_a_fork() -> None:
    lease = 1
    server = ServerProcess("--lease-seconds", str(lease))
    try:
        result = subprocess.run(
            [sys.executable, "-c", WAITING, server.address, str(lease)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        server.kill()
    assert (result.returncode, result.stdout) == (0, "False (4,)\n"), result.stderr
