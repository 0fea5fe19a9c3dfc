# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Builds wheels of tinylab. The builds need no other packages, because the tests run them without a package index."""

import base64
import hashlib
import re
import zipfile
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_VERSION = re.search(r'^version = "(.*)"', (_HERE / "pyproject.toml").read_text(), re.MULTILINE).group(1)  # type: ignore[union-attr]
_INFO = f"tinylab-{_VERSION}.dist-info"


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: Any = None) -> str:
    """Writes a wheel with the package; returns its name."""
    sources = {f"tinylab/{path.name}": path.read_bytes() for path in (_HERE / "tinylab").glob("*.py")}
    return _write(Path(wheel_directory), sources)


def build_editable(wheel_directory: str, config_settings: Any = None, metadata_directory: Any = None) -> str:
    """Writes a wheel that points to this folder; returns its name."""
    return _write(Path(wheel_directory), {"tinylab.pth": f"{_HERE}\n".encode()})


def _write(folder: Path, files: dict[str, bytes]) -> str:
    metadata = f"Metadata-Version: 2.1\nName: tinylab\nVersion: {_VERSION}\nRequires-Dist: gymnasium\n"
    files = {
        **files,
        f"{_INFO}/METADATA": metadata.encode(),
        f"{_INFO}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tinylab\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},{_digest(content)},{len(content)}\n" for name, content in files.items())
    name = f"tinylab-{_VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(folder / name, "w") as wheel:
        for path, content in {**files, f"{_INFO}/RECORD": f"{record}{_INFO}/RECORD,,\n".encode()}.items():
            wheel.writestr(path, content)
    return name


def _digest(content: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
