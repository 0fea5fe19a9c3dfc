# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Gymnasium over gRPC: a server that hosts environments for clients in any language, and a client for Python."""

__version__ = "0.1.0"
