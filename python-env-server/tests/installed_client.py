# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Uses the installed client with the server at ADDRESS: `python installed_client.py ADDRESS`. Prints results in JSON.
test_packaging.py checks them."""

import json
import sys

import grpc
import numpy as np

from gymwire.client import RemoteEnv, RemoteVectorEnv
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

address = sys.argv[1]
with grpc.insecure_channel(address) as channel:
    listed = pb_grpc.EnvironmentServiceStub(channel).ListEnvironments(pb.ListEnvironmentsRequest(), timeout=60)
env = RemoteEnv("CartPole-v1", address)
first, _ = env.reset(seed=7)
second, reward = env.step(1)[:2]
env.close()
envs = RemoteVectorEnv("CartPole-v1", num_envs=2, address=address)
envs.reset(seed=[7, 8])
rows = envs.step(np.array([1, 0]))[0]
envs.close()
print(
    json.dumps(
        {
            "listed": [entry.spec.env_id for entry in listed.environments if not entry.unavailable_reason],
            "first": first.tolist(),
            "second": second.tolist(),
            "reward": reward,
            "row": rows[0].tolist(),
            "server_modules": [name for name in sys.modules if name.startswith("gymwire.server")],
        }
    )
)
