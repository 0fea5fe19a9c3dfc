# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Gymnasium's own tests of environments, applied to remote environments.

Gymnasium's source package does not contain most of these tests. So those that can work with a server are rewritten
here, function by function, with few exceptions. proto/README.md lists the tests with the outcome of each. This folder
also contains other tests of remote environments, for example test_seeds.py.
"""
