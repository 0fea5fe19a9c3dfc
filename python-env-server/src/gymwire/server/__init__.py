# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The server: sessions of Gymnasium environments behind ``EnvironmentService``."""
