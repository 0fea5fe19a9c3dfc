# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""What Gymnasium's own tests ask of an environment, asked of remote ones.

Gymnasium's source package leaves these tests out, so they are written anew here, function by function and under
Gymnasium's names. proto/README.md lists them all, and those that cannot cross a wire.
"""
