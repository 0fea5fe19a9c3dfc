# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests whether a server follows the contract ``gymwire.v1``. For each message, the tests of its rules come first, then
the tests of violations.

The tests run against any server that hosts Gymnasium's classic control and toy text::

    pytest tests/conformance --address 127.0.0.1:50051

Without ``--address`` they start servers themselves. They use only the contract, so they can check a server in another
language. A server may refuse optional parts (Render, Snapshot, Call), but only with the code UNIMPLEMENTED or
PERMISSION_DENIED.
"""
