# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Generates the package `gymwire.v1` from the .proto files when hatch builds a wheel or an editable install.

A source distribution contains the .proto files. A wheel contains the messages generated from them. An editable install
has the messages in src/gymwire/v1, where Python looks for them, and generates them again each time it is installed.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from grpc_tools import protoc
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_GENERATED = ("_pb2.py", "_pb2.pyi", "_pb2_grpc.py")


class MessagesBuildHook(BuildHookInterface[Any]):
    """Adds the .proto files or the generated messages to each kind of distribution."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the files before hatch builds a distribution. `version` is "standard" or "editable"."""
        proto = _proto_folder(Path(self.root))
        files = _proto_files(proto)
        if self.target_name == "sdist":
            build_data["force_include"].update({str(proto / file): f"proto/{file}" for file in files})
        elif version == "editable":
            source = Path(self.root, "src")
            _remove_generated(source / "gymwire")
            _generate(proto, files, source)
        else:
            # A wheel does not use the messages that are in src: an editable install may have made them with another
            # version of the generator.
            self._folder = tempfile.TemporaryDirectory()
            _generate(proto, files, Path(self._folder.name))
            build_data["force_include"][os.path.join(self._folder.name, "gymwire")] = "gymwire"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Removes temporary files after hatch has built a distribution."""
        if self.target_name == "wheel" and version != "editable":
            self._folder.cleanup()


def _proto_folder(root: Path) -> Path:
    """Returns the folder proto: next to `root` in the repository, inside `root` in a source distribution."""
    folders = [root / "proto", root.parent / "proto"]
    for folder in folders:
        if (folder / "gymwire").is_dir():
            return folder
    raise FileNotFoundError(
        f"Gymwire's .proto files are neither in {folders[0]} nor in {folders[1]}; build Gymwire in a whole checkout of "
        "the repository, or from a source distribution"
    )


def _proto_files(folder: Path) -> list[str]:
    # Packages installed in proto/examples contain their own .proto files.
    return sorted(path.relative_to(folder).as_posix() for path in (folder / "gymwire").rglob("*.proto"))


def _remove_generated(folder: Path) -> None:
    """Removes earlier generated messages, whose .proto files may no longer exist."""
    for path in folder.rglob("*"):
        if path.name.endswith(_GENERATED):
            path.unlink()


def _generate(proto: Path, files: list[str], target: Path) -> None:
    outputs = [f"--{kind}_out={target}" for kind in ("python", "pyi", "grpc_python")]
    # The first argument is the name of the program.
    code = protoc.main(["protoc", f"--proto_path={proto}", *outputs, *files])
    if code != 0:
        raise RuntimeError(f"the files in {os.fspath(proto)} could not be compiled (exit code {code}); see above")
