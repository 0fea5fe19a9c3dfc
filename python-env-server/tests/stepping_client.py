# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A client that a test kills. It opens two sessions at an address, prints their ids, and then steps one session
forever."""

import sys

from client import NONE, Client, some_actions

from gymwire.codec import encode_value
from gymwire.v1 import environment_service_pb2 as pb

client = Client(sys.argv[1])
unary = client.make("CartPole-v1", lease_seconds=1.0)
client.reset(unary.session_id, seed=0)
stream = client.stream()
made = stream.ask(
    make=pb.MakeRequest(
        env_id="CartPole-v1", num_envs=2, lease_seconds=1.0, infos=NONE, vectorization=pb.VECTORIZATION_ASYNC
    )
)
stream.ask(reset=pb.ResetRequest(session_id=made.session_id, seed=0))
request = pb.StepRequest(session_id=made.session_id, actions=encode_value(some_actions(made)))
stream.ask(step=request)
print(unary.session_id, made.session_id, flush=True)
while True:
    stream.ask(step=request)
