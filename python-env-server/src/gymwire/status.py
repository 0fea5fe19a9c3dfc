# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The gRPC status codes of an ErrorDetail, for code that must not import gRPC."""

import enum


class Code(enum.IntEnum):
    """The gRPC status codes that an ErrorDetail of the server can contain, by their numbers."""

    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    NOT_FOUND = 5
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
