# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Starts the server that tests share if they do not need their own server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from client import Client, ServerProcess

# In these modules, the tests that use the shared server run twice: against a server without --lean, and against a
# server with --lean.
FOR_BOTH_LISTENERS = {"test_errors", "test_reconnect", "test_sessions"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--address", help="the address of the server that tests/conformance checks")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "server" in metafunc.fixturenames and metafunc.module.__name__ in FOR_BOTH_LISTENERS:
        metafunc.parametrize("server", [(), ("--lean",)], ids=["grpcio", "lean"], indirect=True, scope="session")


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    listener = getattr(request, "param", ())
    path: Path = tmp_path_factory.mktemp("server") / "s.sock"
    # The log of the sessions goes to a file, where a person can read it after a failure.
    names = ("faulty_envs", "loose_envs", "odd_envs", "rude_envs")
    modules = [word for name in names for word in ("--import", name)]
    process = ServerProcess(*listener, *modules, "--allow-call", "--log-file", f"{path}.log", listen=f"unix:{path}")
    assert process.address, "the server did not start; run it by hand to see why"
    yield process
    process.kill()


@pytest.fixture
def client(server: ServerProcess) -> Iterator[Client]:
    connection = Client(server.address)
    yield connection
    connection.close()
