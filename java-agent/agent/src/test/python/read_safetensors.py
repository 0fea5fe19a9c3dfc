# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Loads a file with the safetensors library, saves a copy with the same library, and prints the content as JSON.

Arguments: the file to load, the file to save. The output has the metadata, and for each tensor its dtype, its shape
and its row-major little-endian bytes. The bytes are hexadecimal digits, so rounding cannot hide a difference.
"""

import json
import sys

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file


def main(source: str, copy: str) -> None:
    tensors = load_file(source)
    with safe_open(source, framework="numpy") as file:
        metadata = file.metadata()
    save_file(tensors, copy, metadata)
    described = {
        name: {
            "dtype": str(array.dtype),
            "shape": array.shape,
            "bytes": np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).tobytes().hex(),
        }
        for name, array in tensors.items()
    }
    print(json.dumps({"metadata": metadata, "tensors": described}))


if __name__ == "__main__":
    main(*sys.argv[1:])
