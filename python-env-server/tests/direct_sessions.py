# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Sessions in the process of the tests, without a server."""

from typing import Any
from unittest.mock import patch

import gymnasium
from client import make_request
from gymnasium.envs.registration import EnvSpec

from gymwire.server.hosting import HostSettings
from gymwire.server.limits import Limits
from gymwire.server.making import create_session
from gymwire.server.security import Rules
from gymwire.server.session import Session
from gymwire.v1 import environment_service_pb2 as pb


def open_session(
    env_class: Any,
    kwargs: dict[str, Any] | None = None,
    limits: Limits | None = None,
    *,
    one_thread: bool = True,
    **fields: Any,
) -> Session:
    """Makes a session with environments of a class. `kwargs` are in the registration of the class. `fields` are fields
    of the MakeRequest."""
    spec = EnvSpec("Direct/Env-v0", env_class, kwargs=kwargs or {}, disable_env_checker=True)
    with patch.dict(gymnasium.registry, {spec.id: spec}):
        settings = HostSettings(limits or Limits(), Rules(), 60.0)
        return create_session(make_request(spec.id, **fields), settings, one_thread=one_thread)


def ask(session: Session, **request: Any) -> Any:
    """Returns the response to a request, for example to `reset=pb.ResetRequest()`."""
    response = session.answer(pb.InteractRequest(**request))
    return getattr(response, response.WhichOneof("response"))
