# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Translates between Python objects and the messages of ``gymwire.v1``."""

from gymwire.codec.arrays import decode_array, encode_array
from gymwire.codec.samples import decode_member, decode_sample, encode_sample
from gymwire.codec.spaces import UnsupportedSpaceError, decode_space, encode_space
from gymwire.codec.values import UnsupportedValueError, decode_dict, decode_value, encode_dict, encode_value

__all__ = [
    "UnsupportedSpaceError",
    "UnsupportedValueError",
    "decode_array",
    "decode_dict",
    "decode_member",
    "decode_sample",
    "decode_space",
    "decode_value",
    "encode_array",
    "encode_dict",
    "encode_sample",
    "encode_space",
    "encode_value",
]
