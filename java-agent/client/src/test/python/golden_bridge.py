# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Writes messages that Python encodes. The tests of the Java client decode these messages and encode them again.

    PYTHONHASHSEED=0 python golden_bridge.py

The program writes these files, with messages in base64, to ../resources/bridge:

- ``spaces.json``: each space, its batch space for two samples, some samples, and the first two samples as
  one batch;
- ``values.json``: a Value of each kind and type;
- ``seeds.json``: seeds, each as a message and in decimal digits (or None for no seed);
- ``trajectories.json``: the requests and responses of short sessions on a real server.

With PYTHONHASHSEED=0, Gymnasium lists the characters of a Text space in the same order in every run.
"""

import base64
import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium.spaces import GraphInstance, Space
from gymnasium.vector.utils import batch_space, concatenate, create_empty_array

from gymwire.codec import decode_space, encode_dict, encode_sample, encode_space, encode_value
from gymwire.codec.seeds import encode_seeds
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

TESTS = Path(__file__).resolve().parents[5] / "python-env-server" / "tests"
sys.path.insert(0, str(TESTS))
from all_spaces import ALL_SPACES  # noqa: E402

RESOURCES = Path(__file__).resolve().parents[1] / "resources" / "bridge"
SAMPLES = 3

VALUES: list[Any] = [
    None,
    True,
    False,
    *(0, -1, 2**63 - 1, -(2**63), 2**63, -(2**63) - 1, 2**127 + 12345, -(2**128), 255 << 64),
    *(0.0, -0.0, 5e-324, 1.7976931348623157e308, math.nan, math.inf, -math.inf),
    *("", "plain", "Zürich \U0001f3d4 \0 end"),
    *(b"", b"\x00\xff"),
    *([], (), {}),
    [1, (2.0, [None, "x"]), {"k": [np.float32(1)]}],
    {"zeta": 1, "alpha": {"c": (True, b"z")}, 3: "int", True: "bool", (1, ("x", False)): "tuple"},
    *(np.dtype(name).type(1) for name in "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8".split()),
    *(np.float64(math.nan), np.uint64(2**64 - 1), np.int8(-128), np.float16(0.1)),
    *(np.complex64(1 - 2j), np.complex128(complex(math.nan, math.inf))),
    *(np.array([[0, 1, 1]]).astype(name) for name in "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split()),
    *(np.array(3.5), np.array([math.nan, -math.inf, -0.0]), np.zeros((0, 4), np.float32), np.zeros((2, 0, 3))),
    np.array(["word", None, 2**70, (1,)], dtype=object).reshape(2, 2),
    np.empty((0, 2), dtype=object),
    *(np.array(["word", "", "Zürich \U0001f3d4"]), np.array([["a"], ["b"]], dtype="<U9"), np.array("single")),
    GraphInstance(np.zeros((2, 3), np.float32), np.arange(4), np.zeros((4, 2), np.int32)),
    GraphInstance(np.arange(2), None, None),
]

SEEDS: list[int | None] = [None, 0, 1, 255, 2**31, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 2**71, 2**127 + 12345, 2**128 - 1]

# For each session: the environment id, the number of environments, the maximum number of steps of an episode, and the
# other arguments.
SESSIONS: list[tuple[str, int, int, dict[str, Any]]] = [
    ("CartPole-v1", 2, 5, {}),
    ("Pendulum-v1", 1, 4, {"g": 9.0}),
    ("FrozenLake-v1", 2, 4, {"is_slippery": False}),
    ("Blackjack-v1", 3, 4, {}),
    ("Taxi-v4", 1, 4, {}),
    ("HalfCheetah-v5", 2, 4, {}),
]
STEPS = 6


def main() -> None:
    RESOURCES.mkdir(exist_ok=True)
    write("spaces.json", [describe(space, seed) for seed, space in enumerate(ALL_SPACES)])
    write("values.json", [{"name": repr(value), "value": message(encode_value(value))} for value in VALUES])
    write("seeds.json", [{"name": str(seed), "seeds": message(encode_seeds([seed]))} for seed in SEEDS])
    write("trajectories.json", trajectories())


def describe(space: Space[Any], seed: int) -> dict[str, Any]:
    space.seed(seed)
    samples = [space.sample() for _ in range(SAMPLES)]
    batch = batch_space(space, 2)
    together = concatenate(space, tuple(samples[:2]), create_empty_array(space, 2))
    return {
        "name": str(space),
        "space": message(encode_space(space)),
        "batch": message(encode_space(batch)),
        "samples": [message(encode_sample(space, sample)) for sample in samples],
        "batched": message(encode_sample(batch, together)),
    }


def trajectories() -> list[dict[str, Any]]:
    from client import ServerProcess
    from grpc import insecure_channel

    server = ServerProcess()
    try:
        with insecure_channel(server.address) as channel:
            stub = pb_grpc.EnvironmentServiceStub(channel)
            return [play(stub, *session) for session in SESSIONS]
    finally:
        server.kill()


def play(stub: Any, env_id: str, num_envs: int, limit: int, kwargs: dict[str, Any]) -> dict[str, Any]:
    make = pb.MakeRequest(
        env_id=env_id,
        num_envs=num_envs,
        max_episode_steps=limit,
        kwargs=encode_dict(kwargs),
        infos=pb.InfoSelection(all=pb.AllInfos()),
        env_outputs=True,
    )
    made = stub.Make(make)
    actions = decode_space(made.action_space)
    actions.seed(7)
    log: list[Any] = [make, made]
    reset = pb.ResetRequest(session_id=made.session_id, seed=3)
    log += [reset, stub.Reset(reset)]
    for number in range(STEPS):
        step = pb.StepRequest(
            session_id=made.session_id, step_number=number + 2, actions=encode_sample(actions, actions.sample())
        )
        log += [step, stub.Step(step)]
    for entry in log:
        if "session_id" in entry.DESCRIPTOR.fields_by_name:
            entry.session_id = "golden"
    return {
        "env_id": env_id,
        "messages": [{"type": entry.DESCRIPTOR.name, "bytes": message(entry)} for entry in log],
    }


def message(proto: Any) -> str:
    return base64.b64encode(proto.SerializeToString(deterministic=True)).decode()


def write(name: str, entries: list[dict[str, Any]]) -> None:
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    (RESOURCES / name).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
