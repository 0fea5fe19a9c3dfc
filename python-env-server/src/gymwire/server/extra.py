# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Packages that may be missing: those of the extra "server" of pyproject.toml, and those of single environments."""

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
        f"{install_command('gymwire[server]')}"
    )


def install_command(requirement: str) -> str:
    """Returns what to type to have a requirement installed where this server runs."""
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return f'{python} -m pip install "{requirement}"'
