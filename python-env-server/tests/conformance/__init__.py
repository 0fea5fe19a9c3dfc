# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The duties of a server of ``gymwire.v1``, message by message: the rules, then the violations.

The tests run against any server that hosts Gymnasium's classic control and toy text::

    pytest tests/conformance --address 127.0.0.1:5005

Without ``--address`` they start servers themselves. They use only the contract, so they can check a server in another
language. A server may refuse optional parts (Render, Snapshot, Call), but only with their codes.
"""
