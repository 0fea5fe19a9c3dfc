# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""What the front and a session's process send each other, over a ``multiprocessing`` connection.

A request is one byte that tells its kind, then its content. An answer is a head of fixed size, then the response's
bytes, or those of an ErrorDetail.
"""

import enum
import struct


class Kind(bytes, enum.Enum):
    """The kinds of requests."""

    MAKE = b"m"
    """A session id of ID_BYTES, then a MakeRequest; answered by a MakeResponse."""
    ANSWER = b"a"
    """An InteractRequest on the session; answered by an InteractResponse."""
    CLOSE = b"c"
    """Closes the session's environments; the process ends after the answer, which is empty."""
    LIST = b"l"
    """Answered by a ListEnvironmentsResponse."""


ID_BYTES = 16


class Status(enum.IntEnum):
    """How a request went."""

    DONE = 0
    FAILED = 1
    """The rest is an ErrorDetail."""
    FAILED_FOR_GOOD = 2
    """The same, and the session cannot be used on."""


# Status, then Step and Reset requests that the session has carried out so far.
HEAD = struct.Struct("<BQQ")
