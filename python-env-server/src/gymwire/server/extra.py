# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Reports missing packages of the extra "server" in pyproject.toml, and makes the command that installs a package."""

import importlib.util
import sys

# The import names of the extra's packages, without packages that only environments use, such as pygame. If such a
# package is missing, an error reports this when an environment needs it.
_MODULES = ("av", "grpc_health", "grpc_reflection", "hpack")


def missing_packages() -> str:
    """Returns which packages are missing and how to install them, or an empty string if no package is missing."""
    missing = [module for module in _MODULES if importlib.util.find_spec(module) is None]
    if not missing:
        return ""
    return (
        f"the server's packages are not installed ({', '.join(missing)} cannot be found); install them with: "
        f"{install_command('gymwire[server]')}"
    )


def install_command(requirement: str) -> str:
    """Returns the command that installs a requirement into this server's Python."""
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return f'{python} -m pip install "{requirement}"'
