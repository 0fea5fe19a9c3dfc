# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Gymnasium's own tests of environments, applied to remote environments.

Gymnasium's source package does not contain these tests. They are rewritten here, function by function. proto/README.md
lists all of them, and says which tests cannot work with a server. This folder also contains other tests of remote
environments, for example test_seeds.py.
"""
