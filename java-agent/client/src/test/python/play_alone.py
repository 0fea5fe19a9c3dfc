# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Steps one local environment with the actions of a file and prints exactly what the environment returns.

    python play_alone.py ENV_ID SEED ACTIONS_FILE [MODULE_FILE]

ACTIONS_FILE contains one line per action: a serialized message `Value` of the contract, in hexadecimal digits. The
first reset has the SEED; the resets after an episode's end have no seed. Each line of the output contains an
observation, a reward (None after a reset), the flags terminated and truncated as two digits (0 or 1), and an info. The
observation and the reward are messages `Value`, and the info is a message `Dict`, also in hexadecimal digits. If
MODULE_FILE is given, the program imports it first.
"""

import importlib
import sys
from pathlib import Path
from typing import Any

import gymnasium

from gymwire.codec import decode_value, encode_dict, encode_value
from gymwire.v1 import value_pb2


def main(env_id: str, seed: str, actions_file: str, module_file: str = "") -> None:
    if module_file:
        sys.path.insert(0, str(Path(module_file).parent))
        importlib.import_module(Path(module_file).stem)
    env = gymnasium.make(env_id, disable_env_checker=True)
    show(*env.reset(seed=int(seed)))
    for line in Path(actions_file).read_text().splitlines():
        action = decode_value(value_pb2.Value.FromString(bytes.fromhex(line)))
        observation, reward, terminated, truncated, info = env.step(action)
        show(observation, info, reward, terminated, truncated)
        if terminated or truncated:
            show(*env.reset())


def show(
    observation: Any, info: dict[str, Any], reward: Any = None, terminated: bool = False, truncated: bool = False
) -> None:
    messages = [encode_value(observation), encode_value(reward), encode_dict(info)]
    observed, rewarded, informed = (message.SerializeToString().hex() for message in messages)
    print(observed, rewarded, f"{terminated:d}{truncated:d}", informed)


if __name__ == "__main__":
    main(*sys.argv[1:])
