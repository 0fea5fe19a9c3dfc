# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A checkout with bootstrap.py, a minimal server and a minimal lock file. It needs no package index."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from client import TESTS

HOME = TESTS.parent
TINYLAB = TESTS / "packages" / "tinylab"
OTHER_PYTHON = """
import os, runpy, sys
sys.version_info = (3, 99, 0)
sys.executable = "/opt/other/bin/python3"
del sys.argv[0]
sys.path.insert(0, os.path.dirname(sys.argv[0]))
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class Checkout:
    """A checkout with bootstrap.py, and a folder of wheels that replaces the package index."""

    def __init__(self, folder: Path, python: str = sys.executable) -> None:
        self.folder = folder
        self.python = python
        self.home = folder / "gymwire" / "python-env-server"
        self.venv = self.home / ".venv"
        self.index = folder / "index"
        self.index.mkdir()
        (self.home / "src").mkdir(parents=True)
        (self.home.parent / "proto").mkdir()
        for name in ("bootstrap.py", "user_packages.py"):
            shutil.copy(HOME / name, self.home)
        # This package replaces the server.
        package(self.home, "gymwire", "0.1.0")
        (self.home / "hatch_build.py").touch()
        for version in ("1.0", "2.0"):
            self.publish("needed", version)
        self.lock("1.0")

    def publish(self, name: str, version: str) -> None:
        """Puts a wheel into the index."""
        source = package(self.folder / f"{name}-{version}", name, version)
        script = f"import backend; backend.build_wheel({str(self.index)!r})"
        subprocess.check_call([sys.executable, "-c", script], cwd=source)

    def lock(self, version: str) -> None:
        """Writes the lock files, with this version of the package `needed`."""
        wheel = self.index / f"needed-{version}-py3-none-any.whl"
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        text = f"needed=={version} ; python_version >= '3' \\\n    --hash=sha256:{digest}\n"
        for name in ("requirements.lock", "requirements-dev.lock"):
            (self.home / name).write_text(text)

    def run(
        self,
        *arguments: str,
        variables: Mapping[str, str] | None = None,
        other_python: bool = False,
        user: int | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Runs bootstrap.py; with `other_python`, by a Python that claims to have another path and version."""
        environment = {name: value for name, value in os.environ.items() if name != "GYMWIRE_PYTHON"}
        environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.index), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        environment |= variables or {}
        program = ["-c", OTHER_PYTHON] if other_python else []
        command = [self.python, "-E", "-s", *program, str(self.home / "bootstrap.py"), *arguments]
        return subprocess.run(
            command,
            env=environment,
            cwd=self.folder,
            user=user,
            group=user,
            capture_output=True,
            text=True,
            check=False,
        )

    def succeed(self, *arguments: str, variables: Mapping[str, str] | None = None, other_python: bool = False) -> str:
        """Runs bootstrap.py, which must succeed; returns its standard error."""
        result = self.run(*arguments, variables=variables, other_python=other_python)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stderr

    def rebuild(self, version: str) -> str:
        """Rebuilds the virtual environment from another lock file; returns the standard error."""
        self.lock(version)
        return self.succeed()

    def versions(self) -> dict[str, str]:
        """Returns the versions that are installed in the virtual environment, without pip and setuptools."""
        script = (
            "import importlib.metadata as m, json; print(json.dumps({d.name: d.version for d in m.distributions()}))"
        )
        output = subprocess.check_output([self.venv / "bin" / "python", "-I", "-c", script], text=True)
        return {name: version for name, version in json.loads(output).items() if name not in ("pip", "setuptools")}

    def stamp(self) -> dict[str, Any]:
        """Returns the content of the file gymwire-stamp.json, which bootstrap.py writes."""
        return json.loads((self.venv / "gymwire-stamp.json").read_text())


def package(folder: Path, name: str, version: str) -> Path:
    """Writes the source of a package with one module that has the package's name."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "__init__.py").touch()
    for file in ("backend.py", "pyproject.toml"):
        text = (
            (TINYLAB / file).read_text().replace("tinylab", name).replace('version = "0.1"', f'version = "{version}"')
        )
        (folder / file).write_text(text.replace("Requires-Dist: gymnasium\\n", ""))
    return folder
