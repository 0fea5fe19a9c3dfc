# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""What a server of ``gymwire.v1`` must do, message by message: the rules, then the violations.

Runs against any server that hosts Gymnasium's classic control and toy text::

    pytest tests/conformance --address 127.0.0.1:5005

and without ``--address`` against one of its own. It uses nothing but the contract, so that a server in another
language can be judged by it. Optional parts (Render, Snapshot, Call) may be refused, but only with their codes.
"""
