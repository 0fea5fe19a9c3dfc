# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Checks that spaces contain the samples that a program in another language drew.

    python check_samples.py SPACES_FILE SAMPLES_FILE

SPACES_FILE is the file spaces.json that golden_bridge.py writes. Each line of SAMPLES_FILE contains the index of a
space in SPACES_FILE, and a sample as a Value in base64. The output is the number of samples. This script ends with an
error at the first sample that its space does not contain, or for which Python's encoding differs from the bytes in
SAMPLES_FILE.
"""

import base64
import json
import sys
import warnings
from pathlib import Path

from gymwire.codec import decode_member, decode_space, encode_value
from gymwire.v1 import space_pb2, value_pb2


def main(spaces_file: str, samples_file: str) -> None:
    # Gymnasium warns about samples of a Box that are single numbers instead of arrays.
    warnings.simplefilter("ignore")
    spaces = [
        decode_space(space_pb2.Space.FromString(base64.b64decode(entry["space"])))
        for entry in json.loads(Path(spaces_file).read_text(encoding="utf-8"))
    ]
    count = 0
    for line in Path(samples_file).read_text().splitlines():
        index, encoded = line.split()
        data = base64.b64decode(encoded)
        sample = decode_member(spaces[int(index)], value_pb2.Value.FromString(data))
        if encode_value(sample).SerializeToString() != data:
            raise SystemExit(f"{sample!r} of {spaces[int(index)]} has other bytes in SAMPLES_FILE than in Python")
        count += 1
    print(count)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
