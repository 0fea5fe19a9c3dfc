# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The packages that the server needs beside the client's: the extra "server" of pyproject.toml."""

import importlib.util
import sys

# The names under which they are imported. Those of single environments are named when one is made.
_MODULES = ("av", "grpc_health", "grpc_reflection", "hpack")


def missing_packages() -> str:
    """Returns what is missing and how to install it; empty if nothing is."""
    missing = [module for module in _MODULES if importlib.util.find_spec(module) is None]
    if not missing:
        return ""
    return (
        f"the server's packages are not installed ({', '.join(missing)} cannot be found); install them with: "
        f'{sys.executable} -m pip install "gymwire[server]"'
    )
