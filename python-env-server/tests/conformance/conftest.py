# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The server that the tests check."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from client import Client, ServerProcess


@pytest.fixture(scope="session", params=[(), ("--lean",)], ids=["grpcio", "lean"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    given = request.config.getoption("--address", default=None)
    if given is not None:
        if request.param:
            pytest.skip("the tests check only the server of --address")
        yield given
        return
    path: Path = tmp_path_factory.mktemp("conformance") / "s.sock"
    # The server's messages go to a file, where a person can read them after a failure.
    process = ServerProcess(*request.param, "--log-file", str(path.with_suffix(".log")), listen=f"unix:{path}")
    assert process.address, "the server did not start; run it by hand to see why"
    yield process.address
    process.kill()


@pytest.fixture
def wire(address: str) -> Iterator[Client]:
    connection = Client(address)
    yield connection
    connection.close()
