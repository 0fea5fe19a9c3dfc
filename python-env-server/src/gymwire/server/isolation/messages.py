# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The messages between the front process (the process to which clients connect) and a session's process, over a
``multiprocessing`` connection.

A request is one byte for its kind, then its content. An answer is a head of fixed size, then the bytes of the response
or of an ErrorDetail.
"""

import enum
import struct


class Kind(bytes, enum.Enum):
    """The kinds of requests."""

    MAKE = b"m"
    """A session id of ID_BYTES, then a MakeRequest; the answer is a MakeResponse."""
    ANSWER = b"a"
    """An InteractRequest on the session; the answer is an InteractResponse."""
    CLOSE = b"c"
    """Closes the session's environments; if this succeeds, the answer is only a head. In any case, the process ends
    after the answer."""
    LIST = b"l"
    """A request without content; the answer is a ListEnvironmentsResponse."""


ID_BYTES = 16


class Status(enum.IntEnum):
    """Whether a request was carried out."""

    DONE = 0
    FAILED = 1
    """The rest of the answer is an ErrorDetail."""
    FAILED_FOR_GOOD = 2
    """The rest of the answer is an ErrorDetail, and the session ends."""


# The status, then two counts: the Step requests and the Reset requests that have reached the session's environments so
# far, even if they failed there.
HEAD = struct.Struct("<BQQ")
