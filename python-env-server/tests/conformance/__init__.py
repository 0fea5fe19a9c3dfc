# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests whether a server follows the contract ``gymwire.v1``. The files for Make, Reset and Step begin with the tests
of valid requests. Then come the tests of requests that break a rule.

The tests run against any server that hosts Gymnasium's classic control and toy text environments::

    pytest tests/conformance --address 127.0.0.1:50051

Without ``--address`` they start servers themselves. They use only the contract, so they can also check a server that is
not written in Python. A server may refuse the optional calls (Render, Snapshot, Restore, Call), but only with the code
UNIMPLEMENTED or PERMISSION_DENIED.
"""
