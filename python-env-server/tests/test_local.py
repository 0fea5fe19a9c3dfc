# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Sessions in the server's own process."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from faulty_envs import WellBehaved
from gymnasium import spaces

from gymwire.codec.spaces import UnsupportedSpaceError
from gymwire.codec.values import MAX_DEPTH
from gymwire.server.errors import QuotaError
from gymwire.server.hosting import HostSettings
from gymwire.server.limits import Limits
from gymwire.server.local import LocalHost
from gymwire.server.security import Rules
from gymwire.v1 import environment_service_pb2 as pb


class Deep(WellBehaved):
    """Its observation space has as many containers inside each other as a message allows. The observation space of
    several environments has one container more, so it cannot be sent."""

    def __init__(self, closed: list[str]) -> None:
        super().__init__()
        self._closed = closed
        space: Any = spaces.Text(5)
        for _ in range(MAX_DEPTH):
            space = spaces.Tuple((space,))
        self.observation_space = space

    def close(self) -> None:
        self._closed.append("closed")


class Wide(Deep):
    """The description of its observation space has more than a MiB."""

    def __init__(self, closed: list[str]) -> None:
        super().__init__(closed)
        self.observation_space = spaces.Box(0.0, np.arange(1.0, 1e5), dtype=np.float64)


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        (Deep, UnsupportedSpaceError, "nested deeper"),
        (Wide, QuotaError, "bytes, but a message may have at most 1048576 bytes; ask for less"),
    ],
)
def test_a_session_that_cannot_be_described_is_closed(kind: type[Deep], error: type[Exception], words: str) -> None:
    closed: list[str] = []
    gymnasium.register("Deep-v0", lambda **_: kind(closed))
    try:
        host = LocalHost(HostSettings(Limits(max_message_mib=1), Rules(), 60.0), one_thread=True)
        with pytest.raises(error, match=words):
            host.make("session", pb.MakeRequest(env_id="Deep-v0", num_envs=2))
        assert len(closed) == 2
    finally:
        del gymnasium.registry["Deep-v0"]
