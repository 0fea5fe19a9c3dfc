# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Translates between Python objects and the messages of ``gymwire.v1``."""

from gymwire.codec.arrays import decode_array, encode_array
from gymwire.codec.spaces import decode_space, encode_space
from gymwire.codec.values import UnsupportedValueError, decode_dict, decode_value, encode_dict, encode_value

__all__ = [
    "UnsupportedValueError",
    "decode_array",
    "decode_dict",
    "decode_space",
    "decode_value",
    "encode_array",
    "encode_dict",
    "encode_space",
    "encode_value",
]
