# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Fixtures: a server with the environments of these tests, and a function that makes remote vector environments."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from client import ServerProcess

from gymwire.client import RemoteVectorEnv

Vectoriser = Callable[..., RemoteVectorEnv]


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path: Path = tmp_path_factory.mktemp("upstream") / "s.sock"
    # The server's messages go to a file, where a person can read them after a failure.
    log = ("--log-file", str(path.with_suffix(".log")))
    modules = ("--import", "upstream.envs", "--import", "odd_envs")
    process = ServerProcess(*modules, "--allow-call", "--allow-human", *log, listen=f"unix:{path}")
    assert process.address, "the server did not start; run it by hand to see why"
    yield process.address
    process.kill()


@pytest.fixture(params=["sync", "async"])
def vectoriser(request: pytest.FixtureRequest, address: str) -> Iterator[Vectoriser]:
    """Makes remote vector environments, and closes them after the test."""
    made: list[RemoteVectorEnv] = []

    def make(env_id: str, num_envs: int = 1, **kwargs: Any) -> RemoteVectorEnv:
        made.append(
            RemoteVectorEnv(env_id, num_envs, address=address, vectorization_mode=request.param, **kwargs),
        )
        return made[-1]

    yield make
    for envs in made:
        envs.close()
