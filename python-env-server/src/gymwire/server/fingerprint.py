# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Describes the software and the machine that an environment's results depend on."""

import functools
import hashlib
import importlib.metadata
import json
import platform
import sys
from pathlib import Path

import gymwire
from gymwire.v1 import environment_service_pb2 as pb

_PACKAGES = ("gymnasium", "mujoco", "numpy", "grpcio", "protobuf")
_FEATURES = ("asimd", "avx", "avx2", "avx512f", "bmi2", "fma", "sse4_2", "sve")


def fingerprint() -> pb.Fingerprint:
    """Returns the fingerprint of this process and machine."""
    processor, flags = _processor()
    message = pb.Fingerprint(
        os="-".join([platform.system(), platform.release()]) + _c_library(),
        cpu=f"{platform.machine()} {processor}".strip(),
        cpu_features=[feature for feature in _FEATURES if feature in flags],
        python=platform.python_version(),
    )
    for package in _PACKAGES:
        try:
            message.packages[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    message.unlocked.update(_unlocked())
    return message


def _unlocked() -> dict[str, str]:
    """Returns the versions that the user has installed instead of the versions in the lock file, by package.
    bootstrap.py records them in the virtual environment that it makes."""
    try:
        stamp = json.loads(Path(sys.prefix, "gymwire-stamp.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(stamp.get("unlocked", {})) if isinstance(stamp, dict) else {}


@functools.cache
def program_sha256() -> str:
    """Returns the SHA-256 of this program's sources, in hexadecimal digits."""
    root = Path(gymwire.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py"), key=lambda path: path.relative_to(root).as_posix()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


@functools.cache
def essentials() -> dict[str, str]:
    """Returns the part of the fingerprint that affects the exact bits of a trajectory, as far as is known. The bits do
    not depend on the Linux kernel, and not on the processor model if the features are the same."""
    whole = fingerprint()
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "c_library": _c_library().strip(),
        "machine": platform.machine(),
        "cpu_features": " ".join(whole.cpu_features),
        **{package: whole.packages.get(package, "") for package in ("gymnasium", "mujoco", "numpy")},
    }


def _c_library() -> str:
    name, version = platform.libc_ver()
    return f" {name}-{version}" if name else ""


def _processor() -> tuple[str, frozenset[str]]:
    """Returns the processor's model and its feature flags. Without Linux's /proc, the model is the one that Python
    reports, and there are no flags."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor(), frozenset()
    fields: dict[str, str] = {}
    for line in text.splitlines():
        key, _, value = line.partition(":")
        fields.setdefault(key.strip(), value.strip())
    flags = fields.get("flags") or fields.get("Features") or ""
    return fields.get("model name", platform.processor()), frozenset(flags.split())
